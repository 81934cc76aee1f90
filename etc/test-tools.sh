# Sourced by ./test and the claims: what e2e/setup installed; both can be set by hand. Needs $root.

tools="$root/e2e/.tools"
if [ -z "${GROUNDHOG_TEST_JDKS:-}" ]; then
  GROUNDHOG_TEST_JDKS=$(find -H "$tools" -maxdepth 3 -name java-runtime 2> /dev/null | sort | paste -sd: - || true)
fi
if [ -z "${GROUNDHOG_TEST_GO:-}" ] && [ -f "$tools/go-toolchains" ]; then
  GROUNDHOG_TEST_GO=$(cat "$tools/go-toolchains")
fi
export GROUNDHOG_TEST_JDKS GROUNDHOG_TEST_GO="${GROUNDHOG_TEST_GO:-}"
