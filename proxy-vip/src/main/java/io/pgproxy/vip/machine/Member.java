package io.pgproxy.vip.machine;

/**
 * One of those that may hold the address, by the name that all of them know it by.
 *
 * @param name the host and port at which its peers reach it, as configured
 */
public record Member(String name) implements Comparable<Member> {
    @Override
    public int compareTo(Member other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
