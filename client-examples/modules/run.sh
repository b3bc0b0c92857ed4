#!/usr/bin/env bash
# An application in a module of its own: on the module path, on a runtime image of the JDK's modules that
# it needs, and as an image of everything, for which what is an automatic module gets a descriptor first.
# The client has to be in the local repository: mvn -q -B -Pquickstart -pl client-core -am install
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
if [ -n "${JAVA_HOME:-}" ]; then
  PATH="$JAVA_HOME/bin:$PATH"
fi

app=dev.fetchwell.examples.modules
small=(--strip-debug --no-header-files --no-man-pages)

expect() {
  echo "$1: $2"
  if [[ "$2" != *"$3"* ]]; then
    echo "Expected: $3" >&2
    exit 1
  fi
}

mvn -q -B clean package </dev/null

# What comes along with the client must not grow unnoticed.
along=$(ls target/modules/*.jar | grep -cv -e "/client-core-" -e "/modules-")
echo "jars beside the client's own: $along"
if [ "$along" -gt 14 ]; then
  echo "Expected: 14 at most" >&2
  exit 1
fi

# 1. On the module path. What has no descriptor is an automatic module there.
expect "module path" "$(java -p target/modules -m "$app")" "by dev.fetchwell"
automatic=$(java -p target/modules --list-modules | sed -n 's/@.* automatic$//p')
echo "automatic modules:" $automatic

# 2. jlink refuses those.
refused=$(jlink -p target/modules --add-modules "$app" --output target/refused 2>&1 || true)
expect "jlink of everything" "$refused" "automatic module cannot be used with jlink"

# 3. An image of the JDK's modules alone, and the jars beside it. jdeps does not see jdk.crypto.ec, which is
#    found by a service: https needs it until JDK 21.
needed=$(jdeps --print-module-deps --ignore-missing-deps --multi-release 17 \
  --module-path target/modules target/modules/*.jar 2>/dev/null | tail -n 1)
jlink "${small[@]}" --add-modules "$needed,jdk.crypto.ec" --output target/runtime
expect "runtime image of $needed" "$(target/runtime/bin/java -p target/modules -m "$app")" "by dev.fetchwell"
du -sh target/runtime target/modules

# 4. Everything in one image: the jars' copies get the descriptors that jdeps writes. Some need that of core.
first=io.github.resilience4j.core
cp -r target/modules target/described
for module in "$first" $(grep -vx "$first" <<<"$automatic"); do
  jar=$(java -p target/described --list-modules | sed -n "s|^$module@.* file://\(.*\) automatic\$|\1|p")
  jdeps --ignore-missing-deps --multi-release 17 --module-path target/described \
    --generate-module-info target/descriptors "$jar" >/dev/null 2>&1
  javac -d "target/descriptors/$module" -p target/described --patch-module "$module=$jar" \
    "target/descriptors/$module/versions/17/module-info.java"
  jar --update --file "$jar" -C "target/descriptors/$module" module-info.class
done
jlink "${small[@]}" -p target/described --add-modules "$app,jdk.crypto.ec" --output target/image
expect "image of everything" "$(target/image/bin/java -m "$app")" "by dev.fetchwell"
du -sh target/image
