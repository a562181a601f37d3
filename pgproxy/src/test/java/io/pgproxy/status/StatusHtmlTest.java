package io.pgproxy.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatusHtmlTest {
    @Test
    void showsListenersAndNodes() {
        assertThat(StatusHtml.render(Reports.healthy()))
                .contains("<h1>pgproxy on ct100 <span class=\"good\">ready</span></h1>")
                .contains("<tr><td>replicas<td>*:5433<td>replica<td class=\"n\">3<td class=\"n\">0<td>pg103</tr>")
                .contains("<td>192.168.50.22:5432<td>up<td>replica")
                .contains("<tr><td>replicas<td>balance: random; max-sessions: 100</tr>");
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(StatusHtml.render(Reports.withoutPrimary()))
                .contains("<span class=\"bad\">not ready</span>")
                .contains("<p class=\"bad\">listener primary has nobody to go to: no primary</p>")
                .contains("<p class=\"so-so\">node pg102 is unknown</p>");
    }

    @Test
    void showsErrorsAsSuch() {
        assertThat(StatusHtml.render(Reports.misconfigured()))
                .contains("<span class=\"good\">ready</span>")
                .contains("<p class=\"bad\">other members</p>")
                .contains("<p class=\"so-so\">a node is slow</p>");
    }

    @Test
    void saysThatEtcdDoesNotAnswer() {
        assertThat(StatusHtml.render(Reports.withoutEtcd()))
                .contains("is in standby for 1m 0s: etcd does not answer<br>");
    }

    @Test
    void asksAgainByItself() {
        assertThat(StatusHtml.render(Reports.healthy())).contains("<meta http-equiv=\"refresh\" content=\"2\">");
    }

    @Test
    void needsNothingFromElsewhere() {
        assertThat(StatusHtml.render(Reports.healthy()))
                .doesNotContain("<script")
                .doesNotContain("src=")
                .doesNotContain("//");
    }

    @Test
    void showsOtherPeoplesTextAsText() {
        assertThat(StatusHtml.render(Reports.hostile("<script>alert('%s & \"1\"')</script>\u0000")))
                .doesNotContain("<script>")
                .contains("&lt;script&gt;alert(&#39;%s &amp; &quot;1&quot;&#39;)&lt;/script&gt;\\u0000");
    }

    @Test
    void nothingIsCalledNull() {
        assertThat(StatusHtml.render(Reports.unknowing())).doesNotContain("null", "NaN", "Optional");
    }
}
