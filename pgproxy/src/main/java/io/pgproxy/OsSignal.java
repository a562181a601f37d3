package io.pgproxy;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * A signal of the operating system, handled by us and no longer by the JVM. Stateless.
 *
 * <p>Java's one way is {@code sun.misc.Signal}, of the supported module {@code jdk.unsupported}. It is called by name:
 * javac warns of each mention, no annotation accepts the warning, and here every warning fails the build.
 */
final class OsSignal {
    private OsSignal() {}

    /**
     * Runs the action, on a thread of its own, whenever the signal comes.
     *
     * @param name without SIG, such as {@code TERM}
     */
    static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler calls = (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                    action.run();
                }
                return null;
            };
            signal.getMethod("handle", signal, handler)
                    .invoke(
                            null,
                            signal.getConstructor(String.class).newInstance(name),
                            Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, calls));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java runtime lets nobody handle SIG" + name, e);
        }
    }
}
