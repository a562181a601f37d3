package io.pgproxy.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.junit.jupiter.api.Test;

class StatusJsonTest {
    private final StatusJson json = new StatusJson();

    /** Others read these names. A change here breaks them: add, do not rename. */
    @Test
    void keepsItsNames() {
        assertThat(json.write(Reports.healthy()))
                .startsWith(
                        """
                        {
                          "instance" : {
                            "version" : "1.2.3",
                            "host" : "ct100",
                            "state" : "running",
                            "transport" : "epoll",
                            "uptime_seconds" : 11100.5
                          },
                          "readiness" : {
                            "ready" : true,
                            "reasons" : [ ],
                            "errors" : [ ],
                            "warnings" : [ ]
                          },
                          "cluster" : {
                            "name" : "main",
                            "system_identifier" : "7340000000000000001",
                            "primary" : "pg102",
                            "routing_table_version" : 12,
                            "nodes_from" : "file",
                            "store" : null
                          },
                          "listeners" : [ {
                            "name" : "primary",
                            "bind" : "*:5432",
                            "bound" : true,
                            "route" : "primary",
                            "sessions" : 12,
                            "parked" : 0,
                            "targets" : {
                              "nodes" : [ "pg102" ],
                              "waiting_because" : null,
                              "waiting_seconds" : null
                            },
                            "rules" : [ ]
                          }, {
                        """)
                .endsWith(
                        """
                          }, {
                            "name" : "pg103",
                            "address" : "192.168.50.22:5432",
                            "state" : "up",
                            "role" : "replica",
                            "since_seconds" : 60.0,
                            "reason" : "replica, streaming",
                            "sessions" : 3,
                            "weight" : 200,
                            "lag" : {
                              "bytes" : 16384,
                              "seconds" : 0.0
                            },
                            "answer" : {
                              "age_seconds" : 0.3,
                              "timeline" : 3,
                              "patroni_version" : "4.1.0",
                              "paused" : false,
                              "pending_restart" : false,
                              "no_load_balance" : false
                            }
                          } ],
                          "limits" : [ {
                            "name" : "sessions",
                            "used" : 15,
                            "max" : 9900
                          } ],
                          "vip" : null
                        }
                        """);
    }

    @Test
    void keepsItsNamesForTheVirtualAddress() {
        assertThat(json.write(Reports.holding()))
                .endsWith(
                        """
                          "vip" : {
                            "addresses" : [ "192.168.50.10" ],
                            "self" : "192.168.50.11:7001",
                            "state" : "hold",
                            "since_seconds" : 11000.0,
                            "etcd_answers" : true,
                            "holder" : "192.168.50.11:7001",
                            "others_recorded" : [ ],
                            "authority" : "etcd",
                            "left_seconds" : 2.36,
                            "trouble" : null,
                            "conflicts" : 0,
                            "moving" : false,
                            "peers" : [ {
                              "name" : "192.168.50.12:7001",
                              "heard" : true
                            } ]
                          }
                        }
                        """);
    }

    @Test
    void readsWhatItWrote() throws Exception {
        assertThat(json.read(json.write(Reports.healthy()))).isEqualTo(Reports.healthy());
        assertThat(json.read(json.write(Reports.withoutPrimary()))).isEqualTo(Reports.withoutPrimary());
        assertThat(json.read(json.write(Reports.holding()))).isEqualTo(Reports.holding());
        assertThat(json.read(json.write(Reports.withoutEtcd()))).isEqualTo(Reports.withoutEtcd());
    }

    @Test
    void ignoresWhatANewerVersionAdds() throws Exception {
        String newer = json.write(Reports.healthy()).replace("\"version\"", "\"colour\" : \"green\", \"version\"");

        assertThat(json.read(newer)).isEqualTo(Reports.healthy());
    }

    @Test
    void doesWithoutWhatAnOlderVersionLacks() throws Exception {
        String older =
                json.write(Reports.healthy()).replace("\"rules\"", "\"r\"").replace("\"weight\"", "\"w\"");

        assertThat(json.read(older).listeners().get(1).rules()).isEmpty();
        assertThat(json.read(older).nodes().get(0).weight()).isZero();
    }

    /** Of what it does not tell, nothing is said to be wrong. */
    @Test
    void doesWithoutWhatAnOlderVersionLacksOfTheVirtualAddress() throws Exception {
        String older = json.write(Reports.misconfigured()).replace("\"errors\"", "\"e\"");
        String olderVip = json.write(Reports.holding())
                .replace("\"etcd_answers\"", "\"e\"")
                .replace("\"others_recorded\"", "\"o\"");

        assertThat(json.read(older).readiness().errors()).isEmpty();
        assertThat(json.read(olderVip)).isEqualTo(Reports.holding());
    }

    @Test
    void refusesSomethingElse() {
        assertThatThrownBy(() -> json.read("<html>")).isInstanceOf(JsonProcessingException.class);
    }
}
