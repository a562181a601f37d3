# Sourced by lab/measure: the two hosts that share the virtual address, first as they are without pgproxy, then with it,
# and what happens when the one that has the address fails.
# shellcheck shell=bash disable=SC2154,SC2034

((EUID == 0)) || die "this measurement looks into its hosts' network namespaces and cuts their cables: run it as root"

products=(keepalived)
[[ ${proxies[0]} != pgproxy ]] || products+=(pgproxy)
[[ -z $only_pgproxy ]] || products=(pgproxy)
proxies=("${products[@]}")
rounds=${rounds:-5}
[[ $config != "$measurements/polling.yml" ]] || config=$measurements/pair.yml
grep -q '\bVIP\b' "$config" || die "$config has no place for the virtual address, as measurements/pair.yml has"
vip=$lab_net.$lab_vip
# The cluster alone: the hosts of the pair are made here, for one product after the other.
lab_shape=(--no-proxy) up_options=()
# The template's 100 would refuse clients before PostgreSQL does.
maxconn=250
every=${every:-5}

# How long each fault lasts before it is mended.
declare -A lasting=([nothing]=10 [stop]=6 [move]=6 [start]=15 [kill]=8 [kill-main]=8 [freeze]=10 [cable]=10
    [cut]=10 [cut-out]=10 [cut-in]=10 [split]=10 [etcd]=60 [etcd-leader]=8 [etcd-split]=20 [pauses]=60)
all_faults=(nothing stop move start kill kill-main freeze cable cut cut-out cut-in split etcd etcd-leader etcd-split)
# After these a host has started anew, and the next fault is to meet one that runs as it does all year.
starts_again=(stop kill kill-main) rest_seconds=5
# keepalived asks nobody and has no command to hand over; pgproxy is one process.
declare -A not_for=([keepalived]=' move etcd etcd-leader etcd-split ' [pgproxy]=' kill-main ')
# The processes that a kill means.
declare -A program=([keepalived]=keepalived [pgproxy]=java)

# A page of its own, so that a part never takes the place of the whole.
[[ -z $faults || $name != pair ]] || name=pair-${faults//,/-}
faults_wanted=("${all_faults[@]}")
[[ -z $faults ]] || IFS=, read -ra faults_wanted <<< "$faults"
for one in "${faults_wanted[@]}"; do
    [[ -n ${lasting[$one]:-} ]] || die "there is no fault '$one'; there are: ${all_faults[*]}"
done

# --- commands ----------------------------------------------------------------------------------------------

on_machine() {
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$measurements/host:$measurements/client \
        python3 "$measurements/host/$1" "${@:2}"
}
pair() { on_machine pair.py "$journals" "$lab_name" "$vip" "$@"; }

# --- the recorders -----------------------------------------------------------------------------------------

watcher='' journals='' broken=() product=''

start_watching() {
    local one seconds=$1
    local -a hosts=()
    journals=$work/$product
    mkdir "$journals"
    for one in ct100 ct101; do
        hosts+=("$one=$(docker inspect --format '{{.State.Pid}}' "$lab_name-$one")")
    done
    # Before everybody else: on a busy machine too it says to the millisecond who had the address.
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$measurements/host:$measurements/client \
        chrt --fifo 10 python3 "$measurements/host/watch_addresses.py" "$journals" "$seconds" "${hosts[@]}" &
    watcher=$!
    until_true 10 test -s "$journals/addresses.jsonl" || die 'the watcher does not start'
}

stop_watching() {
    [[ -n $watcher ]] || return 0
    touch "$journals/stop-watching"
    wait "$watcher" || say 'the watcher ended with an error'
    watcher=''
}

start_clients() {
    docker exec -d --env PYTHONDONTWRITEBYTECODE=1 "$lab_name-client" python3 "$in_client/pair_clients.py" "$1" "$every"
}

# keep_product: what was recorded of it, into a folder of its own among the records.
keep_product() {
    local one
    for one in ct100 ct101; do docker logs "$lab_name-$one" > "$journals/$one.log" 2>&1 || true; done
    cp "$work/facts-of-$product" "$journals/facts"
    docker cp "$journals" "$lab_name-client:$recording/" >/dev/null
    in_lab client sh -c "cd $recording && mv attempts.jsonl held.jsonl $product/ && rm -f stop ended round"
    journals=''
}

# --- the two hosts -----------------------------------------------------------------------------------------

start_keepalived() {
    local -a options=("${like_a_host[@]}" --env LAB_VIP="$vip" --env LAB_MAXCONN="$maxconn")
    host ct100 keepalived "${options[@]}" --env LAB_VRRP_STATE=MASTER --env LAB_VRRP_PEER="$(address_of ct101)"
    host ct101 keepalived "${options[@]}" --env LAB_VRRP_STATE=BACKUP --env LAB_VRRP_PEER="$(address_of ct100)"
}

facts_of_keepalived() {
    fact keepalived "$(in_lab ct100 keepalived --version 2>&1 | awk 'NR == 1 {print $2}')"
    fact 'its configuration' "advert_int 1 and its other defaults, unicast; MASTER, priority 101 on ct100 and BACKUP, \
priority 100 on ct101"
    fact 'HAProxy beside it' "$(in_lab ct100 haproxy -v | awk 'NR == 1 {print $3}')"
}

# An engine lets its containers forward; a host that has lost the address would hand its clients' packets on.
like_a_host=(--sysctl net.ipv4.ip_forward=0)

# Made and not started, so that both get their secret before their first look for it.
start_pgproxy() {
    local one
    make_secret
    for one in ct100 ct101; do
        make_proxy_host "$one" "${like_a_host[@]}" --env LAB_STOP_POST="$(stop_post_of_unit)"
        bring_to_proxy "$one"
    done
    for one in ct100 ct101; do start_host "$one"; done
    for one in ct100 ct101; do wait_for_proxy "$one"; done
}

# What a measurement wants there besides.
bring_to_proxy() { :; }

# What systemd would run after every end, however it ended.
stop_post_of_unit() {
    sed -z 's/\\\n/ /g' "$repo_dir/pgproxy/src/main/dist/pgproxy.service" \
        | sed -n 's/^ExecStopPost=[-+!:@|]*//p' | paste -sd';'
}

facts_of_pgproxy() {
    pgproxy_facts
    fact 'its stop-post step' "$(in_lab ct100 printenv LAB_STOP_POST || true)"
}

remove_pair() { docker rm -f -v "$lab_name-ct100" "$lab_name-ct101" >/dev/null 2>&1 || true; }

proxy_facts() { cat "$work"/facts-of-*; }

# keepalived's records of an earlier run, as if they had just been made.
use_records_beside() {
    proxies=(keepalived "${products[@]}")
    cp "$beside/facts" "$work/facts-of-keepalived"
    printf 'keepalived was measured\tin a run before, on the same machine\n' >> "$work/facts-of-keepalived"
    in_lab client mkdir "$recording/keepalived"
    docker cp "$beside/." "$lab_name-client:$recording/keepalived" >/dev/null
}


# share HOST NUMBER: of the processors, 1024 is everybody's. The hosts of the lab have the machine's together, and a
# program that starts takes what it can get; PostgreSQL could not fork as often as the clients come any more.
share() { docker update --cpu-shares "$2" "$lab_name-$1" >/dev/null; }

# --- rounds ------------------------------------------------------------------------------------------------

measure() {
    primary=$(control primary)
    ensure_command python3 python3
    on_machine test_rtnetlink.py -q 2>/dev/null || die "test_rtnetlink.py: the kernel's words are not understood"
    ensure_command ebtables iptables
    # So that PostgreSQL goes on without etcd, and what clients see is the address and nothing else.
    in_lab client curl -sf -X PATCH -d '{"failsafe_mode": true}' "http://$primary:8008/config" >/dev/null
    mend=end_pair
    know_hosts
    [[ " ${products[*]} " != *' pgproxy '* ]] || build_jar
    for product in "${products[@]}"; do measure_product; done
    mend=:
    [[ -z $beside ]] || use_records_beside
    publish pair "$rounds" "$(IFS=,; echo "${faults_wanted[*]}")"
}

measure_product() {
    local kind number
    say "=== $product"
    remove_pair
    "start_$product"
    "facts_of_$product" > "$work/facts-of-$product"
    start_watching 14400
    start_clients 14400
    wait_good
    pair canary 0.3
    for kind in "${faults_wanted[@]}"; do
        [[ ${not_for[$product]:-} != *" $kind "* ]] || continue
        for ((number = 1; number <= $(times "$kind"); number++)); do one_round "$kind" "$number"; done
    done
    wait_good
    stop_recording
    stop_watching
    keep_product
    remove_pair
}

times() { if [[ $1 == etcd-leader ]]; then echo $((rounds * 2)); else echo "$rounds"; fi; }

one_round() {
    local kind=$1 number=$2 active
    recorder_alive
    kill -0 "$watcher" || die 'the watcher has ended'
    # A new session is held from now on, through the host that has the address now.
    in_lab client touch "$recording/round"
    wait_good
    active=$(pair steady 30)
    broken=("$kind" "$active")
    break_it
    sleep 1 # the step after the end is over, and the unit starts the service again
    [[ $kind != kill* ]] || share "$active" 128
    sleep "$((lasting[$kind] - 1))"
    say "$product, $kind $number of $(times "$kind"): $active had the address, then $(pair holders \
        | sed 's/ / and /; s/^$/nobody/')"
    [[ $kind != stop ]] || share "$active" 128
    pair mend "$kind" "$active"
    broken=()
    if [[ " ${starts_again[*]} " == *" $kind "* ]]; then
        until_true 60 both_run || die "$product does not run on both hosts"
        sleep "$rest_seconds"
        share "$active" 1024
    fi
}

# The engine can't always freeze a container; what was not done costs nobody anything, and is done once more.
break_it() {
    local tries=0
    until pair break "$kind" "$active" "${program[$product]}" "number=$number"; do
        ((++tries < 3)) || die "$kind cannot be done to $active"
        pair mend "$kind" "$active"
        wait_good
        active=$(pair steady 30)
        broken=("$kind" "$active")
    done
}

# Everything as it should be: one holder, clients served, the other host ready to take over.
wait_good() {
    wait_etcd
    wait_whole
    until_true 60 both_run || die "$product does not run on both hosts"
    pair steady 90 >/dev/null
    control connected 60 "$every"
}

wait_etcd() {
    until_true 60 etcd_is_whole || die 'etcd is not whole'
}

etcd_is_whole() {
    local one
    for one in etcd1 etcd2 etcd3; do
        in_lab client curl -sf -m 1 "http://$one:2379/health" | grep -q '"true"' || return 1
    done
}

both_run() {
    local one
    for one in ct100 ct101; do
        in_lab "$one" lab-service status || return 1
        [[ $product != pgproxy ]] || in_lab "$one" curl -sf -m 1 http://localhost:7000/readyz || return 1
    done
}

# Whatever stands in the middle: nothing of it may outlive this command, in the machine's bridge least of all.
end_pair() {
    ((${#broken[@]} == 0)) || pair mend "${broken[@]}" || true
    [[ -z $watcher ]] || stop_watching || true
    [[ -z $journals ]] || keep_product || true
    [[ -z $reuse ]] || remove_pair
}
