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
debut=$(mktemp)
trap 'rm -f "$debut"' EXIT

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
# La première page seulement : ce qu'une direction pressée doit savoir.
sed '/^CE QUE VOUS/,$d' "$sortie/explication-$finess.txt" | sed -n '1,60p'
echo "[…] La suite, critère par critère, est dans $sortie/explication-$finess.txt"

titre "4. L'annexe du contrat est imprimée, toujours depuis ce texte."
commande annexe "$politique" -f html,docx -o "$sortie"
caqes annexe "$politique" -f html,docx -o "$sortie"

titre "Fait. Un seul texte, $politique, a donné dans $sortie/ :"
find "$sortie" -maxdepth 1 -type f ! -name '.*' -newer "$debut" | sort | while read -r fichier; do
  printf '  %-44s %4d ko\n' "$fichier" $(($(wc -c < "$fichier") / 1024 + 1))
done
cat <<FIN

À essayer ensuite, depuis ce dossier :

  . .venv/bin/activate
  caqes expliquer $politique $retours --finess 619990120
      pourquoi un autre établissement a son résultat
  caqes annexe $politique --secteurs HAD -f docx -o $sortie/had
      l'annexe d'un seul type d'établissement, à ouvrir dans un traitement de texte
  caqes montrer $politique
      tout ce que la politique contient, et d'où vient chaque clause

Ou changez un seuil, des points ou une cible dans $politique, puis « make demo » :
tout suit, ou la faute est dite avec son remède. Le guide : docs/guide.md
FIN
