package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Calls.Renewed;
import io.pgproxy.vip.machine.sim.Decider;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;

/**
 * Machines with one rule left out each, by another part in the place of the one that keeps it. The simulation has to
 * notice.
 */
public final class Planted {
    private Planted() {}

    /** The lifetime is rounded up to whole seconds. */
    public static Decider roundsUp(Instance me, SortedSet<Member> others, Timings timings) {
        return of(new Parts(me, others, timings) {
            @Override
            Lifetime newLifetime() {
                return new Lifetime(timings) {
                    @Override
                    int seconds(long deadlineNanos, long nowNanos) {
                        return deadlineNanos <= nowNanos ? 0 : super.seconds(deadlineNanos, nowNanos) + 1;
                    }
                };
            }
        });
    }

    /** The address is put on again between the kernel's drop and the deadline, as if it were still there. */
    public static Decider refillsTheGap(Instance me, SortedSet<Member> others, Timings timings) {
        return of(new Parts(me, others, timings) {
            @Override
            Lifetime newLifetime() {
                return new Lifetime(timings) {
                    @Override
                    boolean isSurelyUp(long nowNanos) {
                        return super.untilNanos() != Authority.NEVER;
                    }

                    @Override
                    long untilNanos() {
                        return super.untilNanos() == Authority.NEVER ? Authority.NEVER : Long.MAX_VALUE / 2;
                    }
                };
            }
        });
    }

    /** A key that was won once needs no proof before the address is put on. */
    public static Decider addsWithoutProof(Instance me, SortedSet<Member> others, Timings timings) {
        return of(new Parts(me, others, timings) {
            @Override
            Authority newAuthority() {
                return new Authority() {
                    @Override
                    long provenNanos() {
                        return super.provenNanos() == NEVER ? NEVER : Long.MAX_VALUE;
                    }
                };
            }
        });
    }

    /** A renewal counts from its answer. */
    public static Decider countsFromTheAnswer(Instance me, SortedSet<Member> others, Timings timings) {
        long[] now = new long[1];
        return timed(now, new Parts(me, others, timings) {
            @Override
            Authority newAuthority() {
                return new Authority() {
                    @Override
                    void renewed(Renewed renewed, long readTerm) {
                        super.renewed(new Renewed(now[0], renewed.lengthNanos(), renewed.term()), readTerm);
                    }
                };
            }
        });
    }

    /** A read that any leader answered makes a keep-alive count. */
    public static Decider countsAnyLeadersKeepAlive(Instance me, SortedSet<Member> others, Timings timings) {
        return of(new Parts(me, others, timings) {
            @Override
            Authority newAuthority() {
                return new Authority() {
                    @Override
                    boolean isOfOneLeader(long keepAliveTerm, long readTerm) {
                        return true;
                    }
                };
            }
        });
    }

    /** One promise is as good as all. */
    public static Decider needsOnePromise(Instance me, SortedSet<Member> others, Timings timings) {
        return of(new Parts(me, others, timings) {
            @Override
            Promises newPromises() {
                return new Promises(peers.others, timings) {
                    @Override
                    long untilNanos() {
                        return peers.others.stream()
                                .mapToLong(this::untilNanosOf)
                                .max()
                                .orElse(Long.MIN_VALUE);
                    }
                };
            }
        });
    }

    /** A run is not bound by what the one before it may have promised. */
    public static Decider forgetsAtTheStart(Instance me, SortedSet<Member> others, Timings timings) {
        return of(new Parts(me, others, timings) {
            @Override
            Bonds newBonds() {
                return new Bonds(timings) {
                    @Override
                    void begin(Collection<Member> all, long nowNanos) {}
                };
            }
        });
    }

    /** A promise is sent first, and binds only when the program has come round to it. */
    public static Decider bindsAfterItPromised(Instance me, SortedSet<Member> others, Timings timings) {
        return of(new Parts(me, others, timings) {
            @Override
            Bonds newBonds() {
                return new LateBonds(timings);
            }
        });
    }

    private static final class LateBonds extends Bonds {
        private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(2);

        private record Promised(Instance requester, long seq, long nowNanos) {}

        private final Deque<Promised> promised = new ArrayDeque<>();

        LateBonds(Timings timings) {
            super(timings);
        }

        @Override
        void bind(Instance requester, long seq, long nowNanos) {
            promised.add(new Promised(requester, seq, nowNanos));
        }

        @Override
        boolean isBound(long nowNanos) {
            while (!promised.isEmpty() && promised.peek().nowNanos() + LATE_NANOS <= nowNanos) {
                Promised next = promised.remove();
                super.bind(next.requester(), next.seq(), next.nowNanos());
            }
            return super.isBound(nowNanos);
        }
    }

    /** Whatever a peer says counts again when it comes again. */
    public static Decider hearsOldNews(Instance me, SortedSet<Member> others, Timings timings) {
        return of(new Parts(me, others, timings) {
            @Override
            Peers newPeers(Instance self, SortedSet<Member> all) {
                return gullible(self, all);
            }
        });
    }

    /** The same, and any release unbinds, however old. */
    public static Decider isUnboundByAnyRelease(Instance me, SortedSet<Member> others, Timings timings) {
        return of(new Parts(me, others, timings) {
            @Override
            Peers newPeers(Instance self, SortedSet<Member> all) {
                return gullible(self, all);
            }

            @Override
            Bonds newBonds() {
                return new Bonds(timings) {
                    @Override
                    void release(Instance requester, long seq) {
                        super.release(requester, Long.MAX_VALUE);
                    }
                };
            }
        });
    }

    private static Peers gullible(Instance self, SortedSet<Member> all) {
        return new Peers(self, all) {
            @Override
            boolean isNews(PeerMessage message, long nowNanos) {
                heard(message, nowNanos);
                return true;
            }
        };
    }

    /** Members that are configured differently trust one another. */
    public static Decider ignoresTheMembersHash(Instance me, SortedSet<Member> others, Timings timings) {
        return of(new Parts(me, others, timings) {
            @Override
            Promiser newPromiser() {
                return new Promiser(peers, sight, bonds) {
                    @Override
                    void requested(Turn turn, PeerMessage.Request request, String objection) {
                        super.requested(
                                turn,
                                new PeerMessage.Request(request.from(), request.to(), request.seq(), peers.membersHash),
                                objection);
                    }
                };
            }
        });
    }

    private static Decider of(Parts parts) {
        return Decider.of(new VipMachine(parts, Preferences.NONE));
    }

    /** Lets a part see the time of the event that is being handled. */
    private static Decider timed(long[] now, Parts parts) {
        Decider real = of(parts);
        return new Decider() {
            @Override
            public Decision on(Event event, long nowNanos) {
                now[0] = nowNanos;
                return real.on(event, nowNanos);
            }

            @Override
            public VipStatus status(long nowNanos) {
                return real.status(nowNanos);
            }
        };
    }
}
