package io.pgproxy.vip.machine;

/** What is to be done in HOLD: renew, ask for promises where that fails, and keep the kernel informed (rules 2, 8, 10). */
final class Keeping {
    private final Parts parts;
    private final Course course;
    private final Renewal renewal;
    private final Upkeep upkeep;
    private final LostKey lostKey;
    private final Departure departure;

    Keeping(Parts parts, Course course, Renewal renewal, Upkeep upkeep, LostKey lostKey, Departure departure) {
        this.parts = parts;
        this.course = course;
        this.renewal = renewal;
        this.upkeep = upkeep;
        this.lostKey = lostKey;
        this.departure = departure;
    }

    void run(Turn turn) {
        long deadline = parts.deadlineNanos();
        if (turn.now >= deadline) {
            course.drop(turn, "neither etcd nor the others allow to keep the address any longer");
            return;
        }
        turn.wakeAt(deadline);
        renewal.run(turn);
        renewal.askPeers(turn);
        lostKey.claimAgain(turn);
        if (turn.now >= departure.dueNanos()) {
            departure.takeOff(turn);
        } else {
            turn.wakeAt(departure.dueNanos());
            upkeep.run(turn);
        }
    }
}
