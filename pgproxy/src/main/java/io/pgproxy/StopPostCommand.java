package io.pgproxy;

import io.pgproxy.config.AdminConfig;
import io.pgproxy.vip.run.StopPost;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.Security;

/** For the service manager, after every end of the program: see {@link StopPost}. Confined to the main thread. */
final class StopPostCommand {
    private final PrintStream out;
    private final PrintStream err;

    StopPostCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    ExitCode execute(CommandLine line) {
        Security.setProperty("networkaddress.cache.negative.ttl", "0"); // a name may be known at the next try
        try {
            if (tidiesUp(folder(AdminConfig.DEFAULTS)) || tidiesUp(configuredFolder(line))) {
                out.println("pgproxy: the run that died has left nothing behind");
            }
            return ExitCode.OK;
        } catch (IOException e) {
            err.println("pgproxy: " + e.getMessage());
        } catch (ConfigFile.Refused e) {
            err.println(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.FAILURE;
    }

    private boolean tidiesUp(Path folder) throws IOException, InterruptedException {
        return new StopPost(folder, what -> out.println("pgproxy: " + what)).perform();
    }

    /** Read only if nothing is found in the usual folder: it takes as long to read as all the rest to do. */
    private static Path configuredFolder(CommandLine line) throws ConfigFile.Refused {
        return folder(ConfigFile.load(line.config()).admin());
    }

    /** Where a run leaves what it needs to be known of it. */
    static Path folder(AdminConfig admin) {
        return admin.socket().resolveSibling("");
    }
}
