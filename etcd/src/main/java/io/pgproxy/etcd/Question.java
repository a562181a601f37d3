package io.pgproxy.etcd;

import io.etcd.jetcd.api.ResponseHeader;
import io.grpc.MethodDescriptor;
import java.util.Optional;
import java.util.function.Function;

/**
 * Something to ask a member of etcd, in its own words. It may be asked of several members and more than once: whoever
 * makes one sees to it that this does no harm. Immutable.
 *
 * @param doing what failed if it fails, for an operator
 * @param header where the answer says who it is of
 * @param reading what an answer means
 * @param whenNoLease what it means that there is no such lease; empty where that is a failure
 * @param <Q> the request's message
 * @param <A> the answer's message
 * @param <R> what it means
 */
public record Question<Q, A, R>(
        String doing,
        MethodDescriptor<Q, A> method,
        Q request,
        Function<A, ResponseHeader> header,
        Reading<A, R> reading,
        Optional<R> whenNoLease) {
    /** The same, called otherwise where it fails: what the log says of one is nothing that it says of the other. */
    public Question<Q, A, R> called(String name) {
        return new Question<>(name, method, request, header, reading, whenNoLease);
    }

    /** Turns a message, which may hold anything, into what it means. */
    public interface Reading<A, R> {
        R read(A answer) throws UnreadableValue;
    }
}
