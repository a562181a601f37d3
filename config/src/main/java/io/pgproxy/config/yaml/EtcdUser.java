package io.pgproxy.config.yaml;

/** A user of etcd, which takes any text for a name. Immutable. */
record EtcdUser() implements Syntax<String> {
    private static final int MAX_CHARACTERS = 255;

    @Override
    public String parse(String text) throws Unreadable {
        if (text.isBlank() || text.length() > MAX_CHARACTERS) {
            throw new Unreadable("has " + text.length() + " characters; a user's name has 1 to " + MAX_CHARACTERS);
        }
        return text;
    }

    @Override
    public Form form() {
        return new Form.Matching(".*\\S.*");
    }
}
