package muster.headwind.net;

import java.net.MalformedURLException;
import java.net.URL;

/**
 * A server as a person types it, or as newServerUrl brings it, taken apart (server/ServerUrl.java:10-25): the base is scheme, host
 * and port; the project is the path without one slash at either end. Query and fragment are dropped.
 */
public record TypedServer(String base, String project) {
    /** Fails where java.net.URL does. */
    public static TypedServer parse(String typed) throws MalformedURLException {
        URL url = new URL(typed);
        String port = url.getPort() == -1 ? "" : ":" + url.getPort();
        String path = url.getPath();
        if (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        if (path.startsWith("/")) {
            path = path.substring(1);
        }
        return new TypedServer(url.getProtocol() + "://" + url.getHost() + port, path);
    }
}
