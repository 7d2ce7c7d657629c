package muster.headwind.phone;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.List;

/** The phone in somebody's hand and the build of the agent on it: what a test chooses, and no server changes. */
public final class Phone {
    /** The package of the agent, under which it also writes its log. */
    public static final String AGENT = "com.hmdm.launcher";
    private static final String OTHER_LAUNCHER = "com.google.android.apps.nexuslauncher";

    public String model = "Pixel 7";
    public String serial = "unknown";
    public String imei;
    public String androidVersion = "14";
    public String cpuArch = "arm64-v8a";
    /** Device administrator, overlay, usage statistics, accessibility (DeviceInfoProvider.java:65-68). */
    public List<Integer> permissions = new ArrayList<>(List.of(1, 1, 1, 0));
    public boolean ownLauncher;
    public boolean deviceOwner;
    public int battery = 80;
    /** Latitude and longitude, or null while no place is known. */
    public double[] location;
    public boolean locked;
    public String agentVersion = "6.36";
    /** The secret of the build (build.gradle:81): public by default, so that it proves nothing. */
    public String secret = "changeme-C3z9vi54";
    /** Whether the build drops answers that are not signed (build.gradle:84). */
    public boolean checkSignature;
    /** A PEM file with the roots that the phone trusts, or null for those of this machine. */
    public String trust;

    /** Whether the agent is a device administrator (Utils.java:369). */
    @JsonIgnore
    public boolean isAdmin() {
        return permissions.get(0) == 1;
    }

    /** A device owner may wipe; an administrator before Android 14 only (Utils.java:382-394). */
    public boolean canWipe() {
        return deviceOwner || isAdmin() && majorVersion() < 14;
    }

    /** The app that shows the home screen. */
    public String launcherPackage() {
        return ownLauncher ? AGENT : OTHER_LAUNCHER;
    }

    private int majorVersion() {
        return Integer.parseInt(androidVersion.split("\\.")[0]);
    }
}
