package muster.headwind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.MalformedURLException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.function.Function;
import muster.headwind.net.TypedServer;
import muster.headwind.phone.Preferences;
import okhttp3.HttpUrl;

/** How a phone comes to its server and number: by two dialogs, by a QR code scanned there, or by one scanned at its first start. */
final class SetUp {
    private static final String EXTRAS = "android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE";

    private final Agent agent;

    SetUp(Agent agent) {
        this.agent = agent;
    }

    /** The dialog for the server (ui/BaseActivity.java:338-372): what is no URL is refused there. */
    void typeServer(String typed) {
        try {
            TypedServer server = TypedServer.parse(typed);
            if (HttpUrl.parse(typed) == null) {
                throw new MalformedURLException(typed);
            }
            agent.state.change(() -> {
                agent.preferences().baseUrl = server.base();
                agent.preferences().secondaryBaseUrl = server.base();
                agent.preferences().project = server.project();
            });
            agent.servers.reset();
        } catch (MalformedURLException error) {
            agent.events.emit("server-refused", "typed", typed);
            throw new Halt(Halt.ASKED);
        }
    }

    /** The dialog for the number, which is taken as it is typed. */
    void typeNumber(String number) {
        agent.state.change(() -> agent.preferences().deviceId = number);
    }

    /**
     * A QR code scanned in one of the dialogs (BaseActivity.java:184-252). Any value is taken as text, and a null as "null", as
     * Android's JSONObject has it. The services are not made anew: a start of the agent does that.
     */
    void scan(String qr) {
        JsonNode extras = extras(qr);
        if (extras == null || !extras.isObject()) {
            agent.events.emit("qr-refused");
            throw new Halt(Halt.ASKED);
        }
        take(name -> extras.has(name) ? extras.get(name).asText() : null);
    }

    /**
     * A QR code scanned at the phone's first start: the extras reach the agent in a bundle, where a text is a text and a number a
     * number (AdminReceiver.java:100-174, ui/MdmChoiceSetupActivity.java:50-97).
     */
    void provision(String qr) {
        JsonNode found = extras(qr);
        JsonNode extras = found == null ? new ObjectMapper().createObjectNode() : found;
        take(name -> extras.path(name).isTextual() ? extras.get(name).asText() : null);
        agent.state.change(() -> {
            Preferences preferences = agent.preferences();
            preferences.qrProvisioning = true;
            preferences.integratedProvisioning = true;
            preferences.connRetryCount = number(extras, "com.hmdm.CONN_RETRY_COUNT", 2);
            preferences.connRetryDelay = number(extras, "com.hmdm.CONN_RETRY_DELAY", 15);
            agent.phone().deviceOwner = true;
        });
    }

    /** Without a number, the phone's own if the code said so; else the person is asked (util/SystemUtils.java:92-112). */
    void completeNumber() {
        Preferences preferences = agent.preferences();
        String use = preferences.deviceIdUse;
        String own = "imei".equals(use) ? agent.phone().imei : "serial".equals(use) ? agent.phone().serial : null;
        if (preferences.deviceId.isEmpty() && own != null && !own.isEmpty() && !own.equals("unknown")) {
            agent.state.change(() -> preferences.deviceId = own);
        }
    }

    private void take(Function<String, String> extra) {
        agent.state.change(() -> {
            Preferences preferences = agent.preferences();
            String number = either(extra.apply("com.hmdm.DEVICE_ID"), extra.apply("ru.headwind.kiosk.DEVICE_ID"));
            if (number != null) {
                preferences.deviceId = number;
            } else {
                preferences.deviceIdUse = either(extra.apply("com.hmdm.DEVICE_ID_USE"), preferences.deviceIdUse);
            }
            String base = extra.apply("com.hmdm.BASE_URL");
            preferences.baseUrl = either(base, preferences.baseUrl);
            preferences.secondaryBaseUrl = either(either(extra.apply("com.hmdm.SECONDARY_BASE_URL"), base),
                    preferences.secondaryBaseUrl);
            preferences.project = either(extra.apply("com.hmdm.SERVER_PROJECT"), preferences.project);
            preferences.customer = either(extra.apply("com.hmdm.CUSTOMER"), preferences.customer);
            preferences.configName = either(extra.apply("com.hmdm.CONFIG"), preferences.configName);
            String groups = extra.apply("com.hmdm.GROUP");
            if (groups != null) {
                preferences.groups = new LinkedHashSet<>(Arrays.asList(groups.split(",")));
            }
        });
    }

    private static JsonNode extras(String qr) {
        try {
            return new ObjectMapper().readTree(qr).get(EXTRAS);
        } catch (IOException noJson) {
            return null;
        }
    }

    private static int number(JsonNode extras, String name, int otherwise) {
        return extras.path(name).isInt() ? extras.get(name).asInt() : otherwise;
    }

    private static String either(String one, String other) {
        return one != null ? one : other;
    }
}
