package io.pgproxy;

/** The family that a sample of Prometheus' text format belongs to. Stateless. */
final class MetricName {
    private MetricName() {}

    static String of(String sample) {
        String name = sample.replaceFirst("[{ ].*", "");
        return name.replaceFirst("_(bucket|sum|count)$", "");
    }
}
