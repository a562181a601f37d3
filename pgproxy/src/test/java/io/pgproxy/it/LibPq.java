package io.pgproxy.it;

import java.nio.file.Path;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's own client library, each function less its {@code PQ} in front. A process can have one only: two would
 * call each other's functions. Public only because jnr makes a class of it in a loader of its own. Calls wait.
 */
public interface LibPq {
    int CONNECTION_OK = 0;

    /** Opens that file; what it needs lies beside it. */
    static LibPq load(Path library) {
        return LibraryLoader.create(LibPq.class)
                .mapper((function, context) -> "PQ" + function)
                .load(library.toString());
    }

    /** Major times 10,000 and minor. */
    int libVersion();

    Pointer connectdb(String parameters);

    int status(Pointer connection);

    String errorMessage(Pointer connection);

    int serverVersion(Pointer connection);

    int protocolVersion(Pointer connection);

    /** Major times 10,000 and minor. New in 18. */
    int fullProtocolVersion(Pointer connection);

    @Nullable String sslAttribute(Pointer connection, String name);

    int sendQuery(Pointer connection, String query);

    @Nullable Pointer exec(Pointer connection, String query);

    /** Waits for the next answer; null after the last. */
    @Nullable Pointer getResult(Pointer connection);

    int ntuples(@Nullable Pointer result);

    @Nullable String getvalue(@Nullable Pointer result, int row, int column);

    @Nullable String resultErrorField(@Nullable Pointer result, int field);

    void clear(@Nullable Pointer result);

    /** A cancel that goes the way its session went: encrypted if that is. New in 17. */
    Pointer cancelCreate(Pointer connection);

    /** 1 once the server has closed the connection, which says nothing of what it did. */
    int cancelBlocking(Pointer cancel);

    String cancelErrorMessage(Pointer cancel);

    void cancelFinish(Pointer cancel);

    void finish(Pointer connection);
}
