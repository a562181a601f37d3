package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.pgproxy.core.ClientWords.Said;
import io.pgproxy.core.FirstPacket.Kind;
import io.pgproxy.core.Refusal.Manner;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A session from accept to its backend's first answer: who the client is, what it says ({@link ClientWords}), who will
 * answer it ({@link BackendSearch}), its deadlines, and its end. Confined to the client's event loop.
 */
final class Opening implements Session {
    private enum Phase {
        /** Waits for the client's first packet, or for its next one after encryption was declined. */
        LISTENING,
        /** The packet is there, and a backend is looked for that answers it. */
        SEARCHING,
        /** The backend granted encryption; the client's handshake has not begun. */
        GRANTED,
        /** Relayed, refused or given up. */
        OVER
    }

    private final Channel channel;
    private final Listener listener;
    private final RelayLoop loop;
    private final ClientStartup handler;
    private final ClientWords words = new ClientWords();
    private final BackendSearch search;
    private final EarlyAnswer early;
    private final Deadline deadline;
    private final ConnectionPlace place;
    private final long acceptedNanos;

    private Client client;
    private boolean headerIsDue;
    private Phase phase = Phase.LISTENING;
    private OptionalLong holdUntilNanos = OptionalLong.empty();

    /**
     * An opening for a connection that was just accepted.
     *
     * @param peer whose connection it is
     * @param headerIsDue whether it begins with a PROXY header, which says who the client is
     */
    Opening(Channel channel, Client peer, boolean headerIsDue, Listener listener, RelayLoop loop) {
        this.channel = channel;
        this.client = peer;
        this.headerIsDue = headerIsDue;
        this.listener = listener;
        this.loop = loop;
        this.handler = new ClientStartup(this);
        this.search = new BackendSearch(this, channel.eventLoop(), listener, loop);
        this.early = new EarlyAnswer(this, search, channel.eventLoop(), loop);
        this.deadline = new Deadline(channel.eventLoop());
        this.place = new ConnectionPlace(this, peer.source(), listener, loop);
        this.acceptedNanos = loop.now();
    }

    void begin() {
        if (headerIsDue) {
            channel.pipeline().addLast(new ProxyHeaderDecoder());
        }
        channel.pipeline().addLast(handler);
        loop.register(this);
        place.takeStartup();
        deadline.in(loop.limits().startupTimeout().toNanos(), this::clientWasTooSlow);
    }

    @Override
    public Channel channel() {
        return channel;
    }

    Listener listener() {
        return listener;
    }

    Client client() {
        return client;
    }

    ClientWords words() {
        return words;
    }

    // ---- who the client is -------------------------------------------------------------------------------------

    /** The header is there, and what it says counts from here on. */
    void introduced(Optional<Client> byHeader) {
        headerIsDue = false;
        if (phase != Phase.LISTENING) {
            return;
        }
        client = byHeader.orElse(client);
        listener.rules().atTheDoor(client, loop.now()).ifPresent(refused -> refuse(refused, Manner.HEAR_IT_OUT));
    }

    void headerIsMissing() {
        withoutHeader(CloseReason.PROXY_HEADER_MISSING, "there is none");
    }

    /** There is one that cannot be read. */
    void headerIsWrong(String why) {
        withoutHeader(CloseReason.PROXY_HEADER_WRONG, why);
    }

    private void withoutHeader(CloseReason reason, String why) {
        if (phase == Phase.OVER) {
            return;
        }
        String text = "connections from " + client.ip().getHostAddress() + " must begin with a PROXY header: " + why;
        if (channel.isOpen()) {
            refuse(new Refused(reason, text), Manner.HEAR_IT_OUT);
        } else {
            end(reason, text);
        }
    }

    // ---- what the client says ----------------------------------------------------------------------------------

    /** Takes the client's bytes, which become ours. */
    void clientSays(ByteBuf bytes) {
        switch (phase) {
            case LISTENING -> heard(words.listen(bytes));
            case SEARCHING -> {
                ByteBuf toBackend = bytes.retainedDuplicate();
                Said said = words.more(bytes);
                if (said.what() != ClientWords.What.VIOLATION && words.mayGoOn()) {
                    search.add(toBackend);
                } else {
                    toBackend.release();
                }
                heard(said);
            }
            case GRANTED -> relay(bytes, Unpooled.EMPTY_BUFFER);
            case OVER -> bytes.release();
        }
    }

    private void heard(Said said) {
        switch (said.what()) {
            case NOTHING -> {}
            case REQUEST -> packetIsWhole();
            case CANCEL -> cancel();
            case HEADER -> refuse(CloseReason.PROXY_HEADER_REFUSED, said.violation());
            case VIOLATION -> refuse(CloseReason.PROTOCOL_VIOLATION, said.violation());
        }
    }

    private void packetIsWhole() {
        Optional<Refused> refused = place.takeSession(client.source());
        if (refused.isPresent()) {
            refuse(refused.get());
        } else {
            armHold();
            phase = Phase.SEARCHING;
            early.arm();
            search.begin();
        }
    }

    /** One deadline from the first whole packet on; that encryption is declined in between does not move it. */
    private void armHold() {
        if (holdUntilNanos.isEmpty()) {
            holdUntilNanos = OptionalLong.of(loop.now() + loop.hold().toNanos());
        }
        deadline.in(holdUntilNanos.getAsLong() - loop.now(), () -> search.guarded(search::waitNoLonger));
    }

    /** The client sends no more or is gone, which is the same thing before its first answer. */
    void clientLeft() {
        end(CloseReason.CLIENT_LEFT, "");
    }

    private void cancel() {
        place.giveBack(); // or it might be this one that makes room for its own cancel
        Optional<CancelRelay> relay = CancelRelay.of(channel, listener, loop, words.copy());
        if (relay.isPresent()) {
            leave(CloseReason.CANCEL_DONE, relay.get().whither());
            channel.pipeline().replace(handler, null, relay.get());
        } else {
            int max = loop.admission().cancels().max();
            end(CloseReason.CANCEL_LIMIT, "there are " + max + " cancel requests under way, or no descriptors left");
        }
    }

    /** Answers a request for encryption in the name of all backends, as each of them would. */
    void answerEarly(TlsAnswer answer) {
        early.disarm();
        listener.counts().answeredEarly(answer);
        switch (answer) {
            case GRANTED -> words.promise();
            case DECLINED -> {
                search.pause();
                awaitNextPacket();
            }
        }
        channel.writeAndFlush(ServerMessage.answer(answer));
    }

    private void awaitNextPacket() {
        words.answered();
        phase = Phase.LISTENING;
        awaitClient();
    }

    private void awaitClient() {
        deadline.in(loop.limits().startupTimeout().toNanos(), this::clientWasTooSlow);
    }

    // ---- what the backend says ---------------------------------------------------------------------------------

    /** Takes the backend's first answer, whose buffer becomes ours. */
    void answered(ByteBuf answer) {
        early.disarm();
        if (!words.request().asksForEncryption()) {
            relay(words.copyBehindThePacket(), answer);
            return;
        }
        if (answer.getByte(answer.readerIndex()) == ServerMessage.DECLINED) {
            awaitNextPacket();
        } else {
            words.answered();
            phase = Phase.GRANTED;
            awaitClient();
        }
        channel.writeAndFlush(answer);
    }

    /** A backend grants TLS, which the client knows already and has not made use of yet. */
    void grantedAsPromised() {
        phase = Phase.GRANTED;
        awaitClient();
    }

    /** The backend that has answered is gone, for that reason. */
    void backendLeft(String reason) {
        if (phase == Phase.GRANTED) {
            end(CloseReason.BACKEND_CLOSED, reason);
        }
        // A declined client's next packet can be put to any backend, for nothing but the N was said so far.
    }

    /** The backend that has answered gets no new sessions any more. */
    void backendIsNoCandidate(Candidate candidate, RoutingTable table) {
        if (phase == Phase.LISTENING) {
            search.drop();
        } else if (phase == Phase.GRANTED) {
            Verdict verdict = table.verdict(listener.name(), candidate.node(), candidate.role());
            if (verdict.standing() == Standing.END) {
                loop.sweeping(candidate.node(), verdict.reason());
                end(CloseReason.ROLE_LOST, verdict.reason());
            }
        }
    }

    private void relay(ByteBuf toBackend, ByteBuf toClient) {
        boolean plaintext = words.request() == Kind.STARTUP_MESSAGE;
        Attempt won = search.handOver();
        FrameCounter frames = loop.limits().farewell() && words.areAnsweredInMessages() ? new FrameCounter() : null;
        phase = Phase.OVER;
        deadline.disarm();
        words.clear();
        Caller caller = new Caller(channel, client, place, acceptedNanos);
        Relay relay = new Relay(caller, won.channel(), won.place(), frames, listener, loop);
        loop.replace(this, relay);
        won.handOver();
        relay.begin(toBackend, toClient, plaintext);
    }

    // ---- the end -----------------------------------------------------------------------------------------------

    @Override
    public void onTable(RoutingTable table) {
        search.onTable(table);
    }

    private void clientWasTooSlow() {
        refuse(CloseReason.STARTUP_TIMEOUT, "no whole startup packet came in time");
    }

    @Override
    public void onDrain() {
        if (search.isParked()) {
            refuse(CloseReason.SHUTDOWN, "the proxy is shutting down");
        }
    }

    @Override
    public void tick() {
        // its deadlines are all the care that it needs
    }

    @Override
    public Optional<SessionStatus> status(long nowNanos) {
        // Who was declined encryption listens again, and keeps the place that it has had since it asked.
        if (phase == Phase.OVER || holdUntilNanos.isEmpty()) {
            return Optional.empty();
        }
        SessionStatus waiting = SessionStatus.of(client, channel, listener, nowNanos - acceptedNanos);
        return Optional.of(search.answeredBy().map(waiting::at).orElse(waiting));
    }

    void refuse(CloseReason reason, String text) {
        refuse(new Refused(reason, text));
    }

    /** Tells the client why, in the only way that its state allows. */
    void refuse(Refused refused) {
        refuse(refused, manner(refused.reason()));
    }

    private Manner manner(CloseReason reason) {
        boolean waitsForGrant = words.request().asksForEncryption() && reason != CloseReason.PROTOCOL_VIOLATION;
        return phase == Phase.GRANTED || words.areTls()
                ? Manner.IN_TLS
                : waitsForGrant ? Manner.DECLINE : Manner.AT_ONCE;
    }

    private void refuse(Refused refused, Manner manner) {
        leave(refused.reason(), refused.text());
        new Farewell(channel, client.source(), listener, loop).say(handler, refused, manner);
        if (headerIsDue) {
            channel.pipeline().remove(ProxyHeaderDecoder.class); // which passes on what it has kept
        }
    }

    @Override
    public void onAddressMoved(String why) {
        if (phase != Phase.OVER) {
            Refused refused = new Refused(CloseReason.ADDRESS_MOVED, why);
            Manner manner = phase == Phase.LISTENING ? Manner.HEAR_IT_OUT : manner(refused.reason());
            leave(refused.reason(), why);
            new Farewell(channel, client.source(), listener, loop).sayAtOnce(refused, manner);
        }
    }

    @Override
    public void end(CloseReason reason, String why) {
        if (phase != Phase.OVER) {
            leave(reason, why);
            channel.close();
        }
    }

    /** Gives back everything but the client's channel. */
    private void leave(CloseReason reason, String why) {
        phase = Phase.OVER;
        deadline.disarm();
        early.disarm();
        search.giveUp();
        place.giveBack();
        words.clear();
        loop.remove(this);
        long now = loop.now();
        listener.ended(new SessionEnd(client, SessionEnd.NOWHERE, now - acceptedNanos, 0, 0, reason, why), now);
    }
}
