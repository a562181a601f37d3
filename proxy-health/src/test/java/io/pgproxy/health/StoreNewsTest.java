package io.pgproxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.health.decide.PatroniStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class StoreNewsTest {
    private final Deque<Runnable> control = new ArrayDeque<>();
    private final List<Optional<PatroniStore>> taken = new ArrayList<>();

    private static Optional<PatroniStore> ledBy(String leader) {
        return Optional.of(new PatroniStore(Optional.of(leader), Map.of(), Optional.empty(), Set.of()));
    }

    @Test
    void onlyTheNewestStateWaits() {
        StoreNews news = new StoreNews(control::add, taken::add);
        news.accept(ledBy("pg102"));
        news.accept(ledBy("pg103"));
        assertThat(control).hasSize(1);
        control.remove().run();
        assertThat(taken).containsExactly(ledBy("pg103"));
    }

    @Test
    void whatComesAfterALookIsHandedOverAgain() {
        StoreNews news = new StoreNews(control::add, taken::add);
        news.accept(ledBy("pg102"));
        control.remove().run();
        news.accept(Optional.empty());
        control.remove().run();
        assertThat(taken).containsExactly(ledBy("pg102"), Optional.empty());
    }

    @Test
    void afterTheCloseNobodyIsTold() {
        StoreNews news = new StoreNews(
                task -> {
                    throw new RejectedExecutionException();
                },
                taken::add);
        news.accept(ledBy("pg102"));
        assertThat(taken).isEmpty();
    }
}
