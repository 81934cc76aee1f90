# Sourced by ./groundhog and ./test, and the beginning of dist/target/bin/pouch: finds a JDK 25 or newer and Maven. Sets JAVA_HOME or ends with one line.
# Order: GROUNDHOG_JDK, JAVA_HOME, the usual JDK folders, java on the path.

is_jdk25() {
  [ -x "$1/bin/javac" ] || return 1
  # To start javac takes longer than all else here.
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2> /dev/null)
  [ -n "$version" ] || version=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
  [ "${version:-0}" -ge 25 ]
}

find_jdk() {
  if [ -n "${GROUNDHOG_JDK:-}" ]; then
    is_jdk25 "$GROUNDHOG_JDK" && { printf '%s\n' "$GROUNDHOG_JDK"; return; }
    printf 'groundhog: GROUNDHOG_JDK=%s is not a JDK 25 or newer\n' "$GROUNDHOG_JDK" >&2
    return 1
  fi
  [ -n "${JAVA_HOME:-}" ] && is_jdk25 "$JAVA_HOME" && { printf '%s\n' "$JAVA_HOME"; return; }
  for candidate in /usr/lib/jvm/* /usr/java/* /opt/jdk* /opt/java/* "$HOME"/.sdkman/candidates/java/* \
    "$HOME"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    is_jdk25 "$candidate" && { printf '%s\n' "$candidate"; return; }
  done
  on_path=$(command -v javac) || return 1
  on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  is_jdk25 "$on_path" && printf '%s\n' "$on_path"
}

JAVA_HOME=$(find_jdk) || {
  echo "groundhog: no JDK 25 or newer found: install one (Debian: temurin-25-jdk or openjdk-25-jdk) or set GROUNDHOG_JDK" >&2
  exit 3
}
export JAVA_HOME

# Names of files may be more than ASCII, which the JVM takes from the locale.
case "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" in
  *[Uu][Tt][Ff]*8) ;;
  *) export LC_ALL=C.UTF-8 ;;
esac

require_maven() {
  command -v mvn > /dev/null || {
    echo "groundhog: Maven 3.8 or newer is needed to build: install it (Debian: apt-get install maven)" >&2
    exit 3
  }
}
