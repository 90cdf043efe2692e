//! Tokens in the dialects of Microsoft's SDKs and documentation, signed by a separate program
//! (HMAC-SHA256 of Python's standard library) with the key of the bytes 0 to 31.

/// A token in one of the dialects.
pub(crate) struct Token {
    /// Whose it is.
    pub(crate) dialect: &'static str,
    /// What it gives access to.
    pub(crate) url: &'static str,
    pub(crate) text: &'static str,
    /// When it expires, in whole seconds since 1970.
    pub(crate) expiry: u64,
}

pub(crate) const TOKENS: [Token; 17] = [
    Token {
        dialect: "JavaScript",
        url: "https://orders.northeurope-1.eventgrid.azure.net/api/events",
        text: "r=https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents%3FapiVersion%3D2018-01-01&e=3%2F9%2F2031%2012%3A00%3A07%20PM&s=K8oNmfUyk0mi37dtpHIvAmXIFNymt9sYHZOLxxQ%2Bb8E%3D",
        expiry: 1_930_824_007,
    },
    Token {
        dialect: "JavaScript",
        url: "https://orders.northeurope-1.eventgrid.azure.net/api/events",
        text: "r=https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents%3FapiVersion%3D2018-01-01&e=3%2F9%2F2031%2012%3A07%3A00%20AM&s=egtXo0Aclw%2BTTEMMYPVyqagw4OVtw0ZVrd%2BSdOG0rkY%3D",
        expiry: 1_930_781_220,
    },
    Token {
        dialect: "JavaScript",
        url: "https://orders.northeurope-1.eventgrid.azure.net/api/events",
        text: "r=https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents%3FapiVersion%3D2018-01-01&e=12%2F31%2F2031%2011%3A59%3A59%20PM&s=KZRS1Z6O3sz%2Fv4yjscwhi0mxXdzTVbeu8Yk6yY1sYdI%3D",
        expiry: 1_956_527_999,
    },
    Token {
        dialect: "JavaScript",
        url: "https://orders.northeurope-1.eventgrid.azure.net/api/events",
        text: "r=https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents%3FapiVersion%3D2018-01-01&e=2%2F29%2F2032%201%3A00%3A00%20PM&s=%2BZjCR9rsNJvQ%2Fleg7WoqOxZNlOJ0n5p%2Blqj5RRrR9Ps%3D",
        expiry: 1_961_672_400,
    },
    Token {
        dialect: "Python",
        url: "https://orders.northeurope-1.eventgrid.azure.net/api/events",
        text: "r=https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents%3FapiVersion%3D2018-01-01&e=2031-03-09%2012%3A00%3A07&s=l8RVbCVS%2FBaDOS902q6ZLK0qD5qqPd4l9pPl4Xv4Tcg%3D",
        expiry: 1_930_824_007,
    },
    Token {
        dialect: "Python",
        url: "https://orders.northeurope-1.eventgrid.azure.net/api/events",
        text: "r=https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents%3FapiVersion%3D2018-01-01&e=2031-03-09%2012%3A00%3A07.250000%2B00%3A00&s=3O7LMsUk%2B3YqkjnzROqYUvB03H0OpMuiNhVU03Vpr2Q%3D",
        expiry: 1_930_824_007,
    },
    Token {
        dialect: "Python",
        url: "https://orders.northeurope-1.eventgrid.azure.net/api/events",
        text: "r=https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents%3FapiVersion%3D2018-01-01&e=2031-03-09%2000%3A07%3A00%2B00%3A00&s=YanRgzgwbngLDKzfk4%2FW5zF2BvN%2FS21k%2BzMF3AdzuN8%3D",
        expiry: 1_930_781_220,
    },
    Token {
        dialect: "Python",
        url: "https://orders.northeurope-1.eventgrid.azure.net/api/events",
        text: "r=https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents%3FapiVersion%3D2018-01-01&e=2031-03-09T12%3A00%3A07Z&s=yCzf1c8kKznefEFhRzp3v228o1RGxokM%2FG1auP6OeKs%3D",
        expiry: 1_930_824_007,
    },
    Token {
        dialect: "Python",
        url: "https://orders.northeurope-1.eventgrid.azure.net/api/events",
        text: "r=https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents%3FapiVersion%3D2018-01-01&e=2031-03-09%2014%3A00%3A07%2B02%3A00&s=FN6l49Nvy1vPWB6g0t7sVS9y8rfusHKOup%2FU%2BHAPoZQ%3D",
        expiry: 1_930_824_007,
    },
    Token {
        dialect: ".NET",
        url: "https://orders.northeurope-1.eventgrid.azure.net/api/events",
        text: "r=https%3a%2f%2forders.northeurope-1.eventgrid.azure.net%2fapi%2fevents%3fapi-version%3d2018-01-01&e=3%2f9%2f2031+12%3a00%3a07+PM+%2b00%3a00&s=UgmLriDtbmQcnlOUw%2bpD1M34m6M8hhFXUf9g1sKiyd4%3d",
        expiry: 1_930_824_007,
    },
    Token {
        dialect: ".NET",
        url: "https://orders.northeurope-1.eventgrid.azure.net/api/events",
        text: "r=https%3a%2f%2forders.northeurope-1.eventgrid.azure.net%2fapi%2fevents%3fapi-version%3d2018-01-01&e=3%2f9%2f2031+6%3a00%3a07+AM+-06%3a00&s=w1zgiVhsNlUNrjpR9j9Xiy8E5cg1V4aoyC7zWpednuQ%3d",
        expiry: 1_930_824_007,
    },
    Token {
        dialect: "Java",
        url: "https://orders.northeurope-1.eventgrid.azure.net/api/events",
        text: "r=https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents%3Fapi-version%3D2018-01-01&e=3%2F9%2F2031+12%3A0%3A7+PM&s=3UepkCDRNrpytoBJ9Ut%2BWwlJxL0Joygu2Ft2JNKaZfE%3D",
        expiry: 1_930_824_007,
    },
    Token {
        dialect: "C# in the documentation",
        url: "https://orders.northeurope-1.eventgrid.azure.net/api/events",
        text: "r=https%3a%2f%2forders.northeurope-1.eventgrid.azure.net%2fapi%2fevents&e=3%2f9%2f2031+12%3a00%3a07+PM&s=VpRNqTh5hqQ%2bN9EphdS3c8nbAz0EJou7DNFk7TZWdyU%3d",
        expiry: 1_930_824_007,
    },
    Token {
        dialect: "Python in the documentation",
        url: "https://orders.northeurope-1.eventgrid.azure.net/api/events",
        text: "r=https%3A%2F%2Forders.northeurope-1.eventgrid.azure.net%2Fapi%2Fevents&e=2031-03-09T12%3A00%3A07&s=n%2B2Zaq1lxjs8Ff4Xw40cxxRXExu8j6XD%2FclSk%2B1f9o8%3D",
        expiry: 1_930_824_007,
    },
    Token {
        dialect: "Python in the documentation",
        url: "https://plant.northeurope-1.eventgrid.azure.net",
        text: "r=https%3A%2F%2Fplant.northeurope-1.eventgrid.azure.net&e=2031-03-09T12%3A00%3A07&s=ldPMmz%2B2lhZf0TnGy9VfsT9%2FSAxmjm8szodLUgz%2FIYk%3D",
        expiry: 1_930_824_007,
    },
    Token {
        dialect: "Python in the documentation",
        url: "https://plant.northeurope-1.eventgrid.azure.net/topics/boiler",
        text: "r=https%3A%2F%2Fplant.northeurope-1.eventgrid.azure.net%2Ftopics%2Fboiler&e=2031-03-09T12%3A00%3A07&s=5OMKTEO1iZG1IK8V%2FodthSodGQAdzAcQwEUK6s1Ua4k%3D",
        expiry: 1_930_824_007,
    },
    Token {
        dialect: "Python in the documentation",
        url: "https://plant.northeurope-1.eventgrid.azure.net/topics/boiler/eventsubscriptions/alarms",
        text: "r=https%3A%2F%2Fplant.northeurope-1.eventgrid.azure.net%2Ftopics%2Fboiler%2Feventsubscriptions%2Falarms&e=2031-03-09T12%3A00%3A07&s=sYD7gV9dhzzARQhaB1Gp22t9oM9rILcxWK16EhQ2unk%3D",
        expiry: 1_930_824_007,
    },
];
