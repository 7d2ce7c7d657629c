package muster.headwind.message;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.LinkedList;
import java.util.List;

/**
 * What a server sets on a phone: the fields, types and defaults that the agent declares (json/ServerConfig.java:30-122 and the
 * classes of its lists). Public fields here are bean properties there; Jackson reads and writes both alike.
 */
public final class ServerConfig {
    public String newNumber;
    public String backgroundColor;
    public String textColor;
    public String backgroundImageUrl;
    public String password;
    public String phone;
    public String imei;
    public Integer iconSize;
    public String title;
    public boolean displayStatus;
    public Boolean gps;
    public Boolean bluetooth;
    public Boolean wifi;
    public Boolean mobileData;
    public Boolean kioskMode;
    public String mainApp;
    public Boolean lockStatusBar;
    public Integer systemUpdateType;
    public String systemUpdateFrom;
    public String systemUpdateTo;
    public String appUpdateFrom;
    public String appUpdateTo;
    public String downloadUpdates;
    public Boolean factoryReset;
    public Boolean reboot;
    public Boolean lock;
    public String lockMessage;
    public String passwordReset;
    public String pushOptions;
    public Integer keepaliveTime;
    public String requestUpdates;
    public Boolean disableLocation;
    public String appPermissions;
    public Boolean usbStorage;
    public Boolean autoBrightness;
    public Integer brightness;
    public Boolean manageTimeout;
    public Integer timeout;
    public Boolean lockVolume;
    public Boolean manageVolume;
    public Integer volume;
    public String passwordMode;
    public String timeZone;
    public String allowedClasses;
    public Integer orientation;
    public Boolean kioskHome;
    public Boolean kioskRecents;
    public Boolean kioskNotifications;
    public Boolean kioskSystemInfo;
    public Boolean kioskKeyguard;
    public Boolean kioskLockButtons;
    public Boolean kioskScreenOn;
    public String restrictions;
    public String description;
    public String custom1;
    public String custom2;
    public String custom3;
    public Boolean runDefaultLauncher;
    public String newServerUrl;
    public boolean lockSafeSettings;
    public boolean permissive;
    public boolean kioskExit;
    public boolean disableScreenshots;
    public boolean autostartForeground;
    public boolean showWifi;
    public String appName;
    public String vendor;
    public List<Application> applications = new LinkedList<>();
    public List<ApplicationSetting> applicationSettings = new LinkedList<>();
    public List<RemoteFile> files = new LinkedList<>();
    public List<Action> actions = new LinkedList<>();

    /** An app that is to be there or to go; the same class tells the server what is installed. */
    public static final class Application {
        public String type;
        public String name;
        public String pkg;
        public String version;
        public Integer code;
        public String url;
        public boolean useKiosk;
        public boolean showIcon;
        public boolean remove;
        public boolean runAfterInstall;
        public boolean runAtBoot;
        public boolean skipVersion;
        public String iconText;
        public String icon;
        public Integer screenOrder;
        public Integer keyCode;
        public boolean bottom;
        public boolean longTap;
        public String intent;
    }

    /** A setting of one app. */
    public static final class ApplicationSetting {
        public String packageId;
        public String name;
        public int type;
        public String value;
        public boolean readOnly;
        public long lastUpdate;
        public boolean variable;
    }

    /** A file that is to be there or to go. The agent knows "id" and passes over it. */
    @JsonIgnoreProperties({"id", "_id"})
    public static final class RemoteFile {
        public String url;
        public String path;
        public long lastUpdate;
        public String checksum;
        public boolean remove;
        public String description;
        public boolean varContent;
    }

    /** Which app opens what. */
    public static final class Action {
        public String action;
        public String categories;
        public String packageId;
        public String activity;
        public String schemes;
        public String hosts;
        public String mimeTypes;
    }
}
