//! Messages as devices send them, written by hand after Apple's pages.

#![allow(dead_code, reason = "each test file uses some of it")]

/// The topic of the messages here.
pub const TOPIC: &str = "com.apple.mgmt.External.0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
/// The device of the messages here.
pub const UDID: &str = "00008120-000A1B2C3D4E5F60";

/// A document around the inside of a dictionary.
pub fn plist(inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n<dict>\n{inside}\n</dict>\n</plist>\n"
    )
}

/// `Authenticate` of an iPhone.
pub fn authenticate() -> String {
    plist(&format!(
        "\t<key>BuildVersion</key>\n\t<string>21E236</string>\n\t<key>IMEI</key>\n\t<string>35 698202 123456 7</string>\n\
         \t<key>MEID</key>\n\t<string>35698202123456</string>\n\t<key>MessageType</key>\n\t<string>Authenticate</string>\n\
         \t<key>OSVersion</key>\n\t<string>17.4.1</string>\n\t<key>ProductName</key>\n\t<string>iPhone15,2</string>\n\
         \t<key>SerialNumber</key>\n\t<string>H4XX9Q7F2K</string>\n\t<key>Topic</key>\n\t<string>{TOPIC}</string>\n\
         \t<key>UDID</key>\n\t<string>{UDID}</string>"
    ))
}

/// `TokenUpdate` of an iPhone, with what else stands in it.
pub fn token_update(more: &str) -> String {
    plist(&format!(
        "\t<key>MessageType</key>\n\t<string>TokenUpdate</string>\n\t<key>PushMagic</key>\n\
         \t<string>5C2A41B7-0D5E-4B6E-9D0F-2F1D8A7C6B5E</string>\n\t<key>Token</key>\n\t<data>\n\
         \tAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=\n\t</data>\n\t<key>Topic</key>\n\t<string>{TOPIC}</string>\n\
         \t<key>UDID</key>\n\t<string>{UDID}</string>{more}"
    ))
}

/// A check-in message of another type.
pub fn check_in(kind: &str, more: &str) -> String {
    plist(&format!(
        "<key>MessageType</key><string>{kind}</string><key>UDID</key><string>{UDID}</string>{more}"
    ))
}

/// An answer at the command endpoint.
pub fn answer(status: &str, more: &str) -> String {
    plist(&format!(
        "<key>Status</key><string>{status}</string><key>UDID</key><string>{UDID}</string>\
         <key>CommandUUID</key><string>9F0C1B2A-3D4E-4F50-8A6B-7C8D9E0F1A2B</string>{more}"
    ))
}
