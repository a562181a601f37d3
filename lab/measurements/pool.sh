# Sourced by lab/measure: an application with a pool (HikariCP, pgjdbc) under steady load, through switchovers and kills
# of the primary's host, with several settings at once.
# shellcheck shell=bash disable=SC2154,SC2034

# shellcheck source=faults.sh
source "$measurements/faults.sh"

workers=4
[[ $config != "$measurements/polling.yml" ]] || config=$measurements/watching.yml
[[ " ${given[*]} " == *' --kills '* ]] || kills=2

# What each application is told: -D is for its JVM, dataSource is the driver. The page shows them as they stand here.
settings_names=(defaults patient recommended)
declare -A settings=(
    [defaults]=''
    [patient]='connectionTimeout=60000 dataSource.connectTimeout=30'
    [recommended]='connectionTimeout=60000 dataSource.connectTimeout=30 -Dcom.zaxxer.hikari.aliveBypassWindowMs=0'
)

measure() {
    [[ -z $reuse || ${proxies[0]} != pgproxy ]] || configure ct100 "$config"
    build_load
    start_load $((300 + switchovers * 60 + kills * 200))
    series switchover "$switchovers"
    series kill "$kills"
    end_recording
    note_settings
    publish pool "switchover=$switchovers,kill=$kills" "$(named_settings)" "$workers"
}

named_settings() { (IFS=,; echo "${settings_names[*]}"); }

all_served() { control pools-served "$1" "$2" $((${#settings_names[@]} * ${#proxies[@]} * workers)); }

tell_round() { client report_pool.py round "$(named_settings)" "${proxies[@]}"; }

build_load() {
    ensure_command javac openjdk-17-jdk-headless
    ensure_command mvn maven
    mvn -q -B -ntp -Dstyle.color=never -f "$measurements/pool/pom.xml" \
        org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory="$work/pool" \
        || die "Maven cannot bring the pool's jars"
    javac -cp "$work/pool/*" -d "$work/pool" "$measurements/pool/PoolLoad.java"
    in_lab client rm -rf "$in_client/pool"
    docker cp "$work/pool" "$lab_name-client:$in_client/pool" >/dev/null
}

# start_load SECONDS: the watchers of the nodes, and one JVM for each of the settings.
start_load() {
    local one
    control prepare
    docker exec -d --env PYTHONDONTWRITEBYTECODE=1 "$lab_name-client" python3 "$in_client/record.py" "$1" 0
    for one in "${settings_names[@]}"; do start_application "$one" "$1"; done
    all_served "$(control primary)" 60
}

start_application() {
    local word proxy pairs=''
    local -a of_jvm=() of_pool=()
    for word in ${settings[$1]}; do
        if [[ $word == -D* ]]; then of_jvm+=("$word"); else of_pool+=("$word"); fi
    done
    for proxy in "${proxies[@]}"; do pairs+=${pairs:+,}$proxy=$(proxy_host_of "$proxy"); done
    docker exec -d "$lab_name-client" java -Xmx128m -XX:+UseSerialGC "${of_jvm[@]}" \
        -cp "$in_client/pool:$in_client/pool/*" PoolLoad "$recording" "$1" "$2" "$workers" "$pairs" \
        pg102,pg103,pg104 "${of_pool[@]}"
}

proxy_host_of() { case $1 in pgproxy) echo ct100 ;; *) echo "$1" ;; esac; }

note_settings() {
    local one
    for one in "${settings_names[@]}"; do printf '%s\t%s\n' "$one" "${settings[$one]}"; done > "$work/settings"
    docker cp "$work/settings" "$lab_name-client:$recording/settings" >/dev/null
}

proxy_facts() {
    local jar
    fact HAProxy "$(in_lab haproxy haproxy -v | awk 'NR == 1 {print $3}')"
    for jar in "$work"/pool/{HikariCP,postgresql}-*.jar; do
        jar=${jar##*/}
        fact "${jar%%-*}" "$(sed -E 's/^[^-]*-(.*)\.jar$/\1/' <<< "$jar")"
    done
    [[ ${proxies[0]} != pgproxy ]] || pgproxy_facts
}
