#!/bin/sh
# Du texte de la politique à l'annexe, pas à pas. Lancé par `make demo`, qui met `caqes` dans le PATH.
set -eu
cd "$(dirname "$0")/.."

politique=policies/normandie/2018.caqes
retours=policies/normandie/exemples/2018-retours.csv
sortie=${CAQES_DEMO_SORTIE:-build}
# Un établissement sous la cible, dont un montant est encouru.
finess=${CAQES_DEMO_FINESS:-149990053}
mkdir -p "$sortie"

titre() {
  printf '\n── %s\n' "$1"
}

commande() {
  printf '$ caqes %s\n' "$*"
}

titre "1. La politique est vérifiée : ses phrases, ses totaux, ses exemples."
commande verifier "$politique"
caqes verifier "$politique"

titre "2. Les établissements de la région sont évalués avec ce même texte."
commande evaluer "$politique" "$retours"
# 1 : des lignes saines sont évaluées, d'autres ont une faute signalée. Au-delà, la démonstration s'arrête.
caqes evaluer "$politique" "$retours" || [ $? -eq 1 ]
for format in csv xlsx json; do
  caqes evaluer "$politique" "$retours" -q -o "$sortie/resultats.$format" || [ $? -eq 1 ]
done

titre "3. Un résultat est expliqué, ligne par ligne."
commande expliquer "$politique" "$retours" --finess "$finess"
caqes expliquer "$politique" "$retours" --finess "$finess" > "$sortie/explication-$finess.txt" || [ $? -eq 1 ]
sed -n '1,40p' "$sortie/explication-$finess.txt"
echo "  […] la suite dans $sortie/explication-$finess.txt"

titre "4. L'annexe du contrat est imprimée, toujours depuis ce texte."
commande annexe "$politique" -f html,docx -o "$sortie"
caqes annexe "$politique" -f html,docx -o "$sortie"

titre "Ce qui a été fait, dans $sortie/ :"
find "$sortie" -maxdepth 1 -type f ! -name '.*' -newer "$0" -exec ls -l {} + 2>/dev/null |
  awk '{ printf "  %-52s %8d ko\n", $NF, ($5 + 1023) / 1024 }'
cat <<FIN

À essayer ensuite (« . .venv/bin/activate » met caqes dans le PATH) :
  caqes expliquer $politique $retours --finess X    un autre établissement
  caqes annexe $politique --secteurs HAD -o $sortie  l'annexe d'un seul type d'établissement
  caqes montrer $politique                           tout ce que la politique contient, et d'où cela vient
  Changez « cible » ou un seuil dans $politique, puis « make demo » : tout suit, ou la faute est dite.
FIN
