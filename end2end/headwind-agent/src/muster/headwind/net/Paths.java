package muster.headwind.net;

import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/**
 * The address of a call as Retrofit makes it: each value is put into the template as one path segment ("/" becomes %2F), and the
 * result is resolved against the base URL.
 */
public final class Paths {
    private static final Pattern TRAVERSAL = Pattern.compile("(.*/)?(\\.|%2e|%2E){1,2}(/.*)?");

    private Paths() {}

    /** Retrofit takes no base whose path does not end in a slash; OkHttp none that is no http or https URL. */
    public static HttpUrl base(String url) {
        HttpUrl base = HttpUrl.get(url);
        if (!base.pathSegments().get(base.pathSegments().size() - 1).isEmpty()) {
            throw new IllegalArgumentException("base URL without a slash at its end: " + url);
        }
        return base;
    }

    /** A template such as "{project}/rest/public/sync/info" with its values, which Retrofit fills in this order. */
    public static HttpUrl resolve(HttpUrl base, String template, String project, String number) {
        String relative = fill(template, "{project}", project);
        if (number != null) {
            relative = fill(relative, "{number}", number);
        }
        HttpUrl url = base.resolve(relative);
        if (url == null) {
            throw new IllegalArgumentException("malformed URL, base " + base + ", relative " + relative);
        }
        return url;
    }

    private static String fill(String template, String name, String value) {
        String filled = template.replace(name, segment(value));
        if (TRAVERSAL.matcher(filled).matches()) {
            throw new IllegalArgumentException("a path parameter that goes up: " + value);
        }
        return filled;
    }

    /** OkHttp's encoding of a segment, which is Retrofit's too; only "." and ".." have a meaning of their own there. */
    public static String segment(String value) {
        if (value.equals(".") || value.equals("..")) {
            return value;
        }
        return new HttpUrl.Builder().scheme("http").host("any").addPathSegment(value).build().encodedPath().substring(1);
    }
}
