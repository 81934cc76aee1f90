
# `pouch …` with the jar that lies beside this folder.
jar=$(dirname "$(readlink -f "$0")")/../groundhog.jar
[ -f "$jar" ] || {
  echo "pouch: there is no $jar: keep bin/pouch where the build left it, beside groundhog.jar" >&2
  exit 3
}
exec "$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar "$jar" pouch "$@"
