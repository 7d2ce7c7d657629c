package muster.headwind.net;

import java.io.IOException;
import muster.headwind.Json;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * One base URL, and each call that the agent makes there (server/ServerService.java:50-118). A call fails with an exception
 * where Retrofit's execute() would: no connection, an address that cannot be made, a body that is not what it should be.
 */
public final class Server {
    private static final String REST = "{project}/rest/";
    private static final MediaType CONVERTER = MediaType.get("application/json; charset=UTF-8");
    private static final MediaType PLAIN = MediaType.get("application/json");

    private final OkHttpClient client;
    private final HttpUrl base;
    private final Json json;

    /** Fails if Retrofit would not take the base URL. */
    public Server(String baseUrl, OkHttpClient client, Json json) {
        this.client = client;
        this.base = Paths.base(baseUrl);
        this.json = json;
    }

    /** The configuration: by POST with options, by GET if they are null; as text if the type is String. */
    public <T> Reply<T> configuration(String project, String number, String signature, String cpu, Object options, Class<T> type)
            throws IOException {
        Request.Builder request = new Request.Builder()
                .url(Paths.resolve(base, REST + "public/sync/configuration/{number}", project, number))
                .header("X-Request-Signature", signature)
                .header("X-CPU-Arch", cpu);
        return execute(options == null ? request : request.post(RequestBody.create(CONVERTER, json.write(options))), type);
    }

    /** A poll, which the server may hold. */
    public <T> Reply<T> poll(String project, String number, String signature, Class<T> type) throws IOException {
        return execute(new Request.Builder()
                .url(Paths.resolve(base, REST + "notification/polling/{number}", project, number))
                .header("X-Request-Signature", signature), type);
    }

    /** Any other GET, with a path below rest/. */
    public <T> Reply<T> get(String path, String project, String number, Class<T> type) throws IOException {
        return execute(new Request.Builder().url(Paths.resolve(base, REST + path, project, number)), type);
    }

    /** Any other POST; what is answered is not looked at. The number may be null. */
    public Reply<String> post(String path, String project, String number, Object body) throws IOException {
        return execute(new Request.Builder()
                .url(Paths.resolve(base, REST + path, project, number))
                .post(RequestBody.create(PLAIN, json.write(body))), String.class);
    }

    private <T> Reply<T> execute(Request.Builder builder, Class<T> type) throws IOException {
        Request request = builder.build();
        try (Response response = client.newCall(request).execute()) {
            boolean hasBody = response.isSuccessful() && response.code() != 204 && response.code() != 205;
            T body = hasBody ? convert(response.body(), type, request.url().encodedPath()) : null;
            return new Reply<>(response.code(), response.headers(), body);
        }
    }

    private <T> T convert(ResponseBody body, Class<T> type, String path) throws IOException {
        return type == String.class ? type.cast(body.string()) : json.read(body.charStream(), type, path);
    }
}
