import java.io.File;
import java.lang.instrument.Instrumentation;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A Java agent that puts the JVM it is loaded into under memory pressure for as long as a file exists: half of the heap
 * filled with small objects that refer to each other, which change without end. Its collections are real, and long.
 */
public final class MemoryPressure {
    private static final double SHARE_OF_HEAP = 0.5;
    /** What a node costs: its array of two references, and its place among the others. */
    private static final int NODE_BYTES = 28;

    private MemoryPressure() {}

    /** {@code file}: the one whose existence means pressure. */
    public static void premain(String file, Instrumentation unused) {
        Thread thread = new Thread(() -> runWhileThere(new File(file)), "memory-pressure");
        thread.setDaemon(true);
        thread.start();
    }

    private static void runWhileThere(File file) {
        try {
            while (true) {
                if (file.exists()) {
                    press(file);
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static void press(File file) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        Object[][] nodes = new Object[(int) (Runtime.getRuntime().maxMemory() * SHARE_OF_HEAP / NODE_BYTES)][];
        for (int n = 0; n % 100_000 != 0 || file.exists(); n++) {
            Object[] node = {nodes[random.nextInt(nodes.length)], null};
            if (node[0] instanceof Object[] next) {
                // No chain grows without end: what the next one refers to is cut off.
                next[0] = null;
            }
            nodes[random.nextInt(nodes.length)] = node;
        }
    }
}
