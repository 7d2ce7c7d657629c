package muster.headwind.net;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import muster.headwind.Events;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** OkHttp as the agent sets it up (server/ServerServiceKeeper.java:84-101), with an event for each request. */
public final class Client {
    /** For connecting, writing, and reading other than a poll, in milliseconds (Const.java:56). */
    private static final long TIMEOUT = 10_000;
    /** For reading the answer to a poll (Const.java:57). */
    private static final long POLL_TIMEOUT = 300_000;
    private static final String USER_AGENT = "okhttp/4.12.0";

    private Client() {}

    /** A client that trusts the roots of a PEM file, or those of the machine if it is null. */
    public static OkHttpClient create(String trust, Events events) {
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .connectTimeout(TIMEOUT, TimeUnit.MILLISECONDS)
                .readTimeout(TIMEOUT, TimeUnit.MILLISECONDS)
                .writeTimeout(TIMEOUT, TimeUnit.MILLISECONDS)
                .addInterceptor(chain -> tell(chain, events));
        if (trust != null) {
            trust(builder, trust);
        }
        return builder.build();
    }

    /** The same, but with the patience of a poll. */
    public static OkHttpClient forPolls(OkHttpClient client) {
        return client.newBuilder().readTimeout(POLL_TIMEOUT, TimeUnit.MILLISECONDS).build();
    }

    private static Response tell(Interceptor.Chain chain, Events events) throws IOException {
        Request request = chain.request();
        if (request.header("User-Agent") == null) {
            request = request.newBuilder().header("User-Agent", USER_AGENT).build();
        }
        long begin = System.nanoTime();
        try {
            Response response = chain.proceed(request);
            emit(events, request, begin, response.code(), null);
            return response;
        } catch (IOException error) {
            emit(events, request, begin, null, error.toString());
            throw error;
        }
    }

    private static void emit(Events events, Request request, long begin, Integer status, String error) {
        String query = request.url().encodedQuery();
        events.emit("request",
                "method", request.method(),
                "host", request.url().host() + ":" + request.url().port(),
                "path", request.url().encodedPath() + (query == null ? "" : "?" + query),
                "status", status,
                "error", error,
                "millis", (System.nanoTime() - begin) / 1_000_000);
    }

    private static void trust(OkHttpClient.Builder builder, String file) {
        try {
            KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
            roots.load(null, null);
            try (InputStream pem = new FileInputStream(file)) {
                for (Certificate root : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                    roots.setCertificateEntry("root" + roots.size(), root);
                }
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(roots);
            X509TrustManager manager = Arrays.stream(factory.getTrustManagers())
                    .filter(X509TrustManager.class::isInstance).map(X509TrustManager.class::cast).findFirst().orElseThrow();
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {manager}, null);
            builder.sslSocketFactory(context.getSocketFactory(), manager);
        } catch (GeneralSecurityException | IOException error) {
            throw new IllegalArgumentException("cannot trust " + file, error);
        }
    }
}
