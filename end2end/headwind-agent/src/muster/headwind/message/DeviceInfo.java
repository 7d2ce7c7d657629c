package muster.headwind.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.LinkedList;
import java.util.List;

/**
 * What a phone says of itself (json/DeviceInfo.java:30-61), in the agent's order; null fields are left out. There is no
 * batteryCharging: the agent has the field, but its getter is no getter to Jackson, so no phone ever sends it.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public final class DeviceInfo {
    public String model;
    public List<Integer> permissions = new LinkedList<>();
    public List<ServerConfig.Application> applications = new LinkedList<>();
    public List<ServerConfig.RemoteFile> files = new LinkedList<>();
    public String deviceId;
    public String phone;
    public String imei;
    public boolean mdmMode;
    public boolean kioskMode;
    public int batteryLevel;
    public String androidVersion;
    public Boolean factoryReset;
    public Location location;
    public String launcherType;
    public String launcherPackage;
    public boolean defaultLauncher;
    public String iccid;
    public String imsi;
    public String phone2;
    public String imei2;
    public String iccid2;
    public String imsi2;
    public String cpu;
    public String serial;
    public String custom1;
    public String custom2;
    public String custom3;

    /** Where it was last seen, at which time in milliseconds. */
    public static final class Location {
        public long ts;
        public double lat;
        public double lon;
    }
}
