package io.pgproxy.vip.kernel;

import java.util.ArrayList;
import java.util.List;

/** Keeps what it is told. */
final class Sightings implements Sighting.Listener {
    final List<Sighting> seen = new ArrayList<>();
    long missed;

    @Override
    public void seen(Sighting sighting) {
        seen.add(sighting);
    }

    @Override
    public void missed(long packets, long readNanos) {
        missed += packets;
    }
}
