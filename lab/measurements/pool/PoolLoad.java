import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;

/**
 * An application with a pool for each proxy: its threads take a connection, write one row and give it back, ten times a
 * second each, and never try a row twice.
 *
 * <pre>PoolLoad FOLDER NAME SECONDS WORKERS PROXY=HOST,... NODE,... [KEY=VALUE...]</pre>
 *
 * NAME is how the settings are called; KEY=VALUE are HikariCP's own, {@code dataSource.KEY} the driver's. Each worker
 * has a journal, {@code pool-NAME-PROXY-NUMBER.jsonl}, with a line for each row: start, got (the connection), n, sent,
 * acked, wrote, wrote_timeline, end; or start, perhaps got, end, error, sqlstate. Times are seconds of
 * {@link System#nanoTime}, which on Linux is CLOCK_MONOTONIC. Ends after SECONDS, or when the file {@code stop} is
 * there.
 */
public final class PoolLoad {
    private static final long BEAT_NANOS = 100_000_000;
    private static final String WRITE = "insert into measured (client, n, proxy, node, timeline)"
            + " values (?, ?, ?, host(inet_server_addr()),"
            + " ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int) returning node, timeline";

    private final HikariDataSource pool;
    private final String proxy;
    private final String client;
    private final Map<String, String> names;
    private final PrintWriter journal;
    private long n;

    private PoolLoad(HikariDataSource pool, Path folder, String proxy, String client, Map<String, String> names)
            throws IOException {
        this.pool = pool;
        this.proxy = proxy;
        this.client = client;
        this.names = names;
        Path file = folder.resolve(client + ".jsonl");
        this.journal = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8), true);
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        String name = arguments[1];
        long end = System.nanoTime() + Long.parseLong(arguments[2]) * 1_000_000_000L;
        int workers = Integer.parseInt(arguments[3]);
        Map<String, String> names = new HashMap<>();
        for (String node : arguments[5].split(",")) {
            names.put(InetAddress.getByName(node).getHostAddress(), node);
        }
        List<Thread> threads = new ArrayList<>();
        for (String pair : arguments[4].split(",")) {
            String proxy = pair.substring(0, pair.indexOf('='));
            HikariDataSource pool = pool(pair.substring(pair.indexOf('=') + 1), arguments);
            for (int worker = 0; worker < workers; worker++) {
                String client = "pool-" + name + "-" + proxy + "-" + worker;
                PoolLoad load = new PoolLoad(pool, folder, proxy, client, names);
                long first = System.nanoTime() + worker * BEAT_NANOS / workers;
                threads.add(new Thread(() -> load.run(folder.resolve("stop"), first, end), client));
            }
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        // The pools' own threads may wait for a connection for longer than anybody wants to wait for them.
        System.exit(0);
    }

    private static HikariDataSource pool(String host, String[] arguments) {
        Properties settings = new Properties();
        settings.setProperty("jdbcUrl", "jdbc:postgresql://" + host + ":5432/app");
        settings.setProperty("username", "app");
        settings.setProperty("password", "lab");
        for (int i = 6; i < arguments.length; i++) {
            int equals = arguments[i].indexOf('=');
            settings.setProperty(arguments[i].substring(0, equals), arguments[i].substring(equals + 1));
        }
        return new HikariDataSource(new HikariConfig(settings));
    }

    private void run(Path stop, long first, long end) {
        long beat = first;
        while (System.nanoTime() < end && !Files.exists(stop)) {
            while (System.nanoTime() < beat) {
                LockSupport.parkNanos(beat - System.nanoTime());
            }
            write();
            // Beats that were missed while it waited are no work that is made up for.
            beat = Math.max(beat + BEAT_NANOS, System.nanoTime());
        }
    }

    private void write() {
        n++;
        StringBuilder record = new StringBuilder("{\"n\":" + n + ",\"start\":" + now());
        try (Connection connection = pool.getConnection()) {
            record.append(",\"got\":" + now());
            write(connection, record);
        } catch (SQLException e) {
            record.append(",\"error\":" + quoted(texts(e)));
            record.append(",\"sqlstate\":" + quoted(String.valueOf(e.getSQLState())));
        }
        journal.println(record + ",\"end\":" + now() + "}");
    }

    private void write(Connection connection, StringBuilder record) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
            statement.setString(1, client);
            statement.setLong(2, n);
            statement.setString(3, proxy);
            record.append(",\"sent\":" + now());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                String wrote = row.getString(1);
                record.append(",\"acked\":" + now() + ",\"wrote\":" + quoted(names.getOrDefault(wrote, wrote))
                        + ",\"wrote_timeline\":" + row.getInt(2));
            }
        }
    }

    private static String now() {
        long nanos = System.nanoTime();
        return nanos / 1_000_000_000L + "." + String.format("%09d", nanos % 1_000_000_000L);
    }

    private static String texts(Throwable thrown) {
        StringBuilder text = new StringBuilder(thrown.getClass().getSimpleName() + ": " + thrown.getMessage());
        for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
            text.append(" < " + cause.getClass().getSimpleName() + ": " + cause.getMessage());
        }
        return text.toString();
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else {
                quoted.append(c < ' ' ? ' ' : c);
            }
        }
        return quoted.append('"').toString();
    }
}
