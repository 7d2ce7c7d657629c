package muster.headwind.message;

/** A line of the log on its way to the server (json/RemoteLogItem.java). */
public final class LogItem {
    public static final int ERROR = 1;
    public static final int WARN = 2;
    public static final int INFO = 3;
    public static final int DEBUG = 4;
    public static final int VERBOSE = 5;

    public long timestamp;
    public int logLevel;
    public String packageId;
    public String message;

    /** For Jackson. */
    public LogItem() {}

    /** A line of now. */
    public LogItem(int logLevel, String packageId, String message) {
        this.timestamp = System.currentTimeMillis();
        this.logLevel = logLevel;
        this.packageId = packageId;
        this.message = message;
    }
}
