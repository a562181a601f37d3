# Sourced by lab/measure: the pair, while the collectors of both JVMs stop them for longer than the lease lasts.
# shellcheck shell=bash disable=SC2154,SC2034

only_pgproxy=yes faults=pauses
# shellcheck source=pair.sh
source "$measurements/pair.sh"

# The unit's 256 MB are collected too fast.
java_opts+=" -Xmx2g -javaagent:/opt/pgproxy/memory-pressure.jar=/run/lab/pressure -Xlog:gc:stdout:uptime"

bring_to_proxy() {
    [[ -e $work/memory-pressure.jar ]] || make_agent
    docker cp "$work/memory-pressure.jar" "$lab_name-$1:/opt/pgproxy/memory-pressure.jar" >/dev/null
}

make_agent() {
    ensure_command javac openjdk-17-jdk-headless
    mkdir "$work/agent"
    javac -d "$work/agent" "$measurements/host/MemoryPressure.java"
    echo 'Premain-Class: MemoryPressure' > "$work/manifest"
    jar cfm "$work/memory-pressure.jar" "$work/manifest" -C "$work/agent" .
}
