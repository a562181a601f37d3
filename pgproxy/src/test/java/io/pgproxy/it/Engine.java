package io.pgproxy.it;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.DockerImageName;

/**
 * What these tests need of the machine, each with the reason if it is missing, and the removal of what they made.
 * Safe from any thread.
 */
final class Engine {
    static final DockerImageName IMAGE = DockerImageName.parse("pgproxy-lab:latest");

    /** The lab's own label, so that `lab/down --name pgproxy-it` removes it all too. */
    private static final String LABEL = "pgproxy-lab";

    private static final String LABEL_VALUE = "pgproxy-it";
    private static final String OWNER = "pgproxy-lab.owner";

    private Engine() {}

    /** An engine that has the image; leftovers of runs that have ended are removed. */
    static DockerClient client() {
        DockerClient docker = connect();
        try {
            docker.inspectImageCmd(IMAGE.asCanonicalNameString()).exec();
        } catch (NotFoundException e) {
            throw new AssertionError("there is no image " + IMAGE + ": lab/build-image makes it", e);
        }
        removeLeftovers(docker);
        return docker;
    }

    private static DockerClient connect() {
        try {
            return DockerClientFactory.instance().client();
        } catch (IllegalStateException e) {
            throw new AssertionError("no Docker engine answers: lab/build-image starts one (as root)", e);
        }
    }

    static Path jar() {
        Path jar =
                Path.of(System.getProperty("pgproxy.jar", "target/pgproxy.jar")).toAbsolutePath();
        if (!Files.isReadable(jar)) {
            throw new AssertionError("there is no " + jar + ": mvn package makes it");
        }
        return jar;
    }

    static Map<String, String> labels() {
        return Map.of(
                LABEL, LABEL_VALUE, OWNER, Long.toString(ProcessHandle.current().pid()));
    }

    private static synchronized void removeLeftovers(DockerClient docker) {
        for (var container : docker.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of(LABEL, LABEL_VALUE))
                .exec()) {
            if (isAbandoned(container.getLabels())) {
                removeContainer(docker, container.getId());
            }
        }
        for (var network : docker.listNetworksCmd()
                .withFilter("label", List.of(LABEL + "=" + LABEL_VALUE))
                .exec()) {
            if (isAbandoned(network.getLabels())) {
                docker.removeNetworkCmd(network.getId()).exec();
            }
        }
    }

    /** Another run on this machine may be at work with hosts of its own. */
    private static boolean isAbandoned(Map<String, String> labels) {
        return Optional.ofNullable(labels.get(OWNER))
                .map(Long::valueOf)
                .flatMap(ProcessHandle::of)
                .isEmpty();
    }

    /** Everything in that network, and the network. */
    static void remove(Map<String, String> labels, Subnet subnet) {
        DockerClient docker = connect();
        for (var container : docker.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(labels)
                .withNetworkFilter(List.of(subnet.networkId()))
                .exec()) {
            removeContainer(docker, container.getId());
        }
        docker.removeNetworkCmd(subnet.networkId()).exec();
    }

    private static void removeContainer(DockerClient docker, String id) {
        try {
            docker.removeContainerCmd(id)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        } catch (NotFoundException e) {
            // Gone already: that is what is wanted.
        }
    }
}
