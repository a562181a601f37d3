package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.Event;
import java.util.ArrayList;
import java.util.List;

/** What can go wrong. Each begins at one host, or everywhere, and ends. */
enum Trouble {
    /** The link to one other host, both ways or one way. */
    LAN_CUT {
        @Override
        Runnable begin(World world, Host host) {
            Host other = world.another(host);
            return cut(world, oneOrBoth(world, link(world, host, other), link(world, other, host)));
        }
    },
    /** All links of one host to the others, both ways. */
    HOST_CUT_OFF_FROM_HOSTS {
        @Override
        Runnable begin(World world, Host host) {
            List<Cuts> links = new ArrayList<>();
            world.hosts().stream().filter(other -> other != host).forEach(other -> {
                links.add(link(world, host, other));
                links.add(link(world, other, host));
            });
            return cut(world, links);
        }
    },
    ETCD_LINE_CUT {
        @Override
        Runnable begin(World world, Host host) {
            return cut(world, oneOrBoth(world, host.etcd().there(), host.etcd().back()));
        }
    },
    /** Everything that this host sends or hears; at times one way only. */
    CABLE_PULLED {
        @Override
        Runnable begin(World world, Host host) {
            List<Cuts> out = new ArrayList<>(List.of(host.etcd().there()));
            List<Cuts> in = new ArrayList<>(List.of(host.etcd().back()));
            world.hosts().stream().filter(other -> other != host).forEach(other -> {
                out.add(link(world, host, other));
                in.add(link(world, other, host));
            });
            boolean oneWay = world.chance().with(world.plan().oneWayCables);
            List<Cuts> cut = new ArrayList<>();
            boolean outOnly = world.chance().with(0.5);
            if (!oneWay || outOnly) {
                cut.addAll(out);
            }
            if (!oneWay || !outOnly) {
                cut.addAll(in);
            }
            return cut(world, cut);
        }
    },
    /** Everything that this host should hear is lost, and it is heard. */
    DEAF {
        @Override
        Runnable begin(World world, Host host) {
            List<Cuts> in = new ArrayList<>(List.of(host.etcd().back()));
            world.hosts().stream().filter(other -> other != host).forEach(other -> in.add(link(world, other, host)));
            return cut(world, in);
        }
    },
    /** Lost, late, doubled, overtaking and replayed messages. */
    BAD_WEATHER {
        @Override
        Runnable begin(World world, Host host) {
            world.weather().becomesBad();
            return world.weather()::clears;
        }
    },
    /** The whole of etcd, or a change of its leader; all leases last anew afterwards. */
    ETCD_DOWN {
        @Override
        Runnable begin(World world, Host host) {
            world.etcd().goesDown();
            return world.etcd()::comesBack;
        }
    },
    /** Calls fail, hang, are executed without an answer, late, or twice. */
    ETCD_UNRELIABLE {
        @Override
        Runnable begin(World world, Host host) {
            EtcdCluster.Unreliability unreliability = world.unreliability();
            unreliability.fails = world.chance().between(0.0, 0.4);
            unreliability.answerLost = world.chance().between(0.0, 0.4);
            unreliability.executedLate = world.chance().between(0.0, 0.4);
            unreliability.executedTwice = world.chance().between(0.0, 0.2);
            unreliability.latestNanos = world.chance().between(10 * Span.MILLI, 3 * Span.SECOND);
            return unreliability::clears;
        }
    },
    /** A leader that was replaced answers this host's keep-alives, and nothing else. */
    STALE_LEADER {
        @Override
        Runnable begin(World world, Host host) {
            world.etcd().getsStaleLeader(host.index(), false);
            return () -> world.etcd().losesStaleLeader(host.index());
        }
    },
    /** The same, while the real leader serves this host's other calls: reads show the key, and nobody renews its lease. */
    STALE_LEADER_BESIDE_REAL {
        @Override
        Runnable begin(World world, Host host) {
            world.etcd().getsStaleLeader(host.index(), true);
            return () -> world.etcd().losesStaleLeader(host.index());
        }
    },
    FROZEN {
        @Override
        Runnable begin(World world, Host host) {
            Program program = host.program();
            if (program == null || !program.runs()) {
                return () -> {};
            }
            world.trace().say(() -> host.member() + " is frozen");
            program.standStill();
            return () -> {
                world.trace().say(() -> host.member() + " is thawed");
                program.goOn();
            };
        }
    },
    CRASH {
        @Override
        Runnable begin(World world, Host host) {
            host.kill("crashes");
            return () -> {};
        }
    },
    /** A crash between two of the next actions. */
    CRASH_AT_AN_ACTION {
        @Override
        Runnable begin(World world, Host host) {
            Program program = host.program();
            if (program == null) {
                return () -> {};
            }
            program.crashAfter(world.chance().below(12));
            return () -> program.crashAfter(-1);
        }
    },
    CLEAN_STOP {
        @Override
        Runnable begin(World world, Host host) {
            host.tell(Inbox.Source.CONTROL, new Event.Stop(drain(world)));
            return () -> {};
        }
    },
    MOVE {
        @Override
        Runnable begin(World world, Host host) {
            host.tell(Inbox.Source.CONTROL, new Event.Move(drain(world)));
            return () -> {};
        }
    },
    NOT_ELIGIBLE {
        @Override
        Runnable begin(World world, Host host) {
            host.becomesEligible(false);
            return () -> host.becomesEligible(true);
        }
    },
    /** The database is cut off from this host alone. */
    PRIMARY_OUT_OF_SIGHT {
        @Override
        Runnable begin(World world, Host host) {
            host.seesPrimary(false);
            return () -> host.seesPrimary(true);
        }
    },
    STOOD_STILL {
        @Override
        Runnable begin(World world, Host host) {
            host.tell(Inbox.Source.CONTROL, new Event.StoodStill());
            return () -> {};
        }
    },
    KERNEL_REFUSES {
        @Override
        Runnable begin(World world, Host host) {
            host.kernel().refuses(true);
            return () -> host.kernel().refuses(false);
        }
    },
    OPERATOR_TAKES_ADDRESS {
        @Override
        Runnable begin(World world, Host host) {
            host.kernel().delete(Kernel.Why.OPERATOR);
            return () -> {};
        }
    },
    OPERATOR_DELETES_KEY {
        @Override
        Runnable begin(World world, Host host) {
            world.etcd().keyDeletedByOperator();
            return () -> {};
        }
    },
    ETCD_WIPED {
        @Override
        Runnable begin(World world, Host host) {
            world.etcd().wiped();
            return () -> {};
        }
    };

    /** Lets it begin at that host; what comes back ends it. */
    abstract Runnable begin(World world, Host host);

    private static long drain(World world) {
        return world.chance().between(0, world.plan().longestDrainNanos);
    }

    private static Cuts link(World world, Host from, Host to) {
        return world.lan().link(from.index(), to.index());
    }

    private static List<Cuts> oneOrBoth(World world, Cuts first, Cuts second) {
        return switch (world.chance().below(3)) {
            case 0 -> List.of(first);
            case 1 -> List.of(second);
            default -> List.of(first, second);
        };
    }

    private static Runnable cut(World world, List<Cuts> links) {
        links.forEach(Cuts::cut);
        world.linksBroke();
        return () -> links.forEach(Cuts::heal);
    }
}
