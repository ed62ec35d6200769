# Installe, autant que cette machine le permet, ce que demandent les essais des moteurs : PostgreSQL et Java (pour Spark).
# Ce qui manque ensuite est dit ici, et par chaque essai qui l'aurait demandé.
set -u

manquants() {
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || echo "postgresql"
  command -v java >/dev/null || echo "default-jre-headless"
}

paquets=$(manquants | tr '\n' ' ')
[ -z "${paquets% }" ] && exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installation de ${paquets% }…"
  apt-get update -qq >/dev/null 2>&1
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
