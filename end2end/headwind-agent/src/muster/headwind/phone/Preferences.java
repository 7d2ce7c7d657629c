package muster.headwind.phone;

import java.util.LinkedHashSet;
import muster.headwind.message.ServerConfig;

/**
 * What the agent keeps in its SharedPreferences (helper/SettingsHelper.java:42-73), with the values that it reads when nothing
 * is kept. Gone when the app is uninstalled.
 */
public final class Preferences {
    /** Null until somebody sets it: then the agent asks for it. */
    public String baseUrl;
    public String secondaryBaseUrl;
    public String project = "";
    public String deviceId = "";
    /** "imei" or "serial" takes the number from the phone. */
    public String deviceIdUse;
    public String customer;
    public String configName;
    public LinkedHashSet<String> groups;
    /** In seconds. */
    public int connRetryDelay = 15;
    public int connRetryCount = 1;
    public boolean qrProvisioning;
    /** Provisioned as device owner, and not yet opened for the first time. */
    public boolean integratedProvisioning;
    public ServerConfig config;
    public String externalIp = "";
    /** When the hourly reserve last updated, in milliseconds; 0 before. */
    public long configUpdateTimestamp;
}
