package muster.headwind.net;

import okhttp3.Headers;

/** An answer as Retrofit hands it over: no body unless the status is 2xx, nor with 204 and 205. */
public record Reply<T>(int status, Headers headers, T body) {
    /** 200 to 299. */
    public boolean isSuccessful() {
        return status >= 200 && status < 300;
    }
}
