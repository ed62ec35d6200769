# Installe, autant que cette machine le permet, les programmes qui ouvrent les documents produits.
# Ce qui manque ensuite est dit ici, et par chaque essai qui l'aurait demandé.
set -u

# Un programme, puis les paquets de Debian qui le donnent.
manquants() {
  command -v soffice >/dev/null || command -v libreoffice >/dev/null ||
    echo "libreoffice-writer-nogui libreoffice-calc-nogui"
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
    command -v google-chrome >/dev/null || echo "chromium"
  command -v pdftotext >/dev/null && command -v pdftoppm >/dev/null || echo "poppler-utils"
  command -v fc-match >/dev/null && fc-match "Liberation Serif" | grep -q Liberation || echo "fonts-liberation"
}

paquets=$(manquants | tr '\n' ' ')
[ -z "${paquets% }" ] && exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installation de ${paquets% }…"
  apt-get update -qq >/dev/null 2>&1
  # Un paquet introuvable n'empêche pas d'installer les autres.
  for paquet in $paquets; do
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$paquet" >/dev/null 2>&1 ||
      echo "« $paquet » n'a pas pu être installé." >&2
  done
fi

paquets=$(manquants | tr '\n' ' ')
[ -z "${paquets% }" ] || {
  echo "Il manque à cette machine : ${paquets% }. Les essais qui les demandent seront passés, avec leur raison." >&2
  [ "$(id -u)" = 0 ] || echo "Pour les installer : sudo apt-get install ${paquets% }" >&2
}
exit 0
