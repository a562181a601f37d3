# Sourced by the roles: who this host is, and who the others are.
# shellcheck shell=bash

# The name and the address of this host; the address is the one of the first interface unless told.
LAB_NAME=${LAB_NAME:-$(hostname)}
LAB_ADDRESS=${LAB_ADDRESS:-$(hostname -I | cut -d' ' -f1)}
# NAME=ADDRESS of each etcd member, by commas.
LAB_ETCD=${LAB_ETCD:-etcd1=192.168.50.51,etcd2=192.168.50.52,etcd3=192.168.50.53}
# Names (or addresses) of the PostgreSQL hosts, by commas.
LAB_PG=${LAB_PG:-pg102,pg103,pg104}
LAB_SCOPE=${LAB_SCOPE:-main}
LAB_NAMESPACE=${LAB_NAMESPACE:-/service/}

say() { printf '%(%Y-%m-%dT%H:%M:%S)T lab: %s\n' -1 "$*"; }
die() { say "$*" >&2; exit 1; }

# etcd_members FORMAT: LAB_ETCD with each NAME=ADDRESS put into FORMAT (%n, %a), joined by commas.
etcd_members() {
    local format=$1 member text out=''
    for member in ${LAB_ETCD//,/ }; do
        text=${format//%n/${member%%=*}}
        out+=${out:+,}${text//%a/${member#*=}}
    done
    printf '%s' "$out"
}

# Waits until some etcd member is healthy, at most $1 seconds; Patroni would sleep 5 s between two tries.
wait_for_etcd() {
    local deadline=$((SECONDS + $1)) member
    while ((SECONDS < deadline)); do
        for member in ${LAB_ETCD//,/ }; do
            curl -sf -m 1 "http://${member#*=}:2379/health" 2>/dev/null | grep -q '"true"' && return 0
        done
        sleep 0.1
    done
    return 1
}

# patronictl finds the cluster by this file on every host that has one.
write_patronictl_config() {
    install -d -m 755 /etc/patroni
    cat > /etc/patroni/patronictl.yml <<YAML
scope: $LAB_SCOPE
namespace: $LAB_NAMESPACE
etcd3:
  hosts: [$(etcd_members '"%a:2379"')]
YAML
    # Where the patronictl of an interactive shell looks without being told.
    install -d -m 755 "$HOME/.config/patroni"
    ln -sf /etc/patroni/patronictl.yml "$HOME/.config/patroni/patronictl.yaml"
}
