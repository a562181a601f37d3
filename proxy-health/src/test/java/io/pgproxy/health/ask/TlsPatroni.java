package io.pgproxy.health.ask;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.netty.pkitesting.X509Bundle;
import io.pgproxy.config.NodeConfig;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManagerFactory;

/** A REST API with {@code verify_client: required}: it shows that certificate and demands one of the same authority. */
public final class TlsPatroni implements AutoCloseable {
    private static final byte[] BODY =
            "{\"state\": \"running\", \"role\": \"primary\"}".getBytes(StandardCharsets.UTF_8);

    private final HttpsServer server;
    private volatile BigInteger shown = BigInteger.ZERO;
    private volatile List<String> namesAskedFor = List.of("nobody has asked yet");

    public TlsPatroni(X509Bundle certificate) throws Exception {
        SSLContext context = context(certificate);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = context.getDefaultSSLParameters();
                wanted.setNeedClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        server.createContext("/primary", this::answer);
        server.start();
    }

    /** Shows that certificate and trusts those of the same authority. */
    static SSLContext context(X509Bundle certificate) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", certificate.getRootCertificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(certificate.toKeyManagerFactory().getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** The serial number of the client certificate that was shown last. */
    BigInteger shown() {
        return shown;
    }

    /** The names in the last handshake (SNI): that of the server that the client wants to speak to, or none. */
    List<String> namesAskedFor() {
        return namesAskedFor;
    }

    public NodeConfig node(String host) {
        int port = server.getAddress().getPort();
        return new NodeConfig("pg102", host, 5432, port, NodeConfig.Scheme.HTTPS, 100);
    }

    private void answer(HttpExchange exchange) throws IOException {
        SSLSession session = ((HttpsExchange) exchange).getSSLSession();
        if (session.getPeerCertificates()[0] instanceof X509Certificate client) {
            shown = client.getSerialNumber();
        }
        if (session instanceof ExtendedSSLSession handshake) {
            namesAskedFor = handshake.getRequestedServerNames().stream()
                    .map(name -> new String(name.getEncoded(), StandardCharsets.UTF_8))
                    .toList();
        }
        exchange.sendResponseHeaders(200, BODY.length);
        exchange.getResponseBody().write(BODY);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
