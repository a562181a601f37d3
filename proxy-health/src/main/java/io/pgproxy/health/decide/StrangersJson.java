package io.pgproxy.health.decide;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.pgproxy.core.PrintableText;
import java.util.OptionalLong;

/** Reads JSON that anybody may have written: its size, depth, lengths and types are all in doubt. Stateless. */
final class StrangersJson {
    /** Patroni's own goes three deep. */
    private static final int MAX_DEPTH = 16;

    private static final int MAX_NUMBER_CHARS = 64;

    /** Patroni's longest is "starting after custom bootstrap". */
    private static final int MAX_WORD_CHARS = 40;

    private StrangersJson() {}

    /** A reader for one document of that length at most. */
    static ObjectReader reader(int maxLength) {
        return JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxNestingDepth(MAX_DEPTH)
                                .maxNumberLength(MAX_NUMBER_CHARS)
                                .maxStringLength(maxLength)
                                .maxNameLength(maxLength)
                                .maxDocumentLength(maxLength)
                                .build())
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        // Field names are the stranger's: they must not fill a table that outlives the answer.
                        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                        .build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build()
                .reader();
    }

    /** A word for a role or a state; every reason in the table repeats it. */
    static String word(String text) {
        return PrintableText.of(text.length() <= MAX_WORD_CHARS ? text : text.substring(0, MAX_WORD_CHARS) + "...");
    }

    /** Timelines start at 1, and no position of a cluster in use is 0: Patroni says 0 for "could not find out". */
    static OptionalLong positive(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong() && value.longValue() > 0
                ? OptionalLong.of(value.longValue())
                : OptionalLong.empty();
    }
}
