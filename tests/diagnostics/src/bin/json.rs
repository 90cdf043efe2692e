//! Data of a type that cannot be written as JSON.
// says: `Reading` cannot be written as JSON
// says: implement `eventgrid::json::WriteJson` for the type

use eventgrid::Data;

struct Reading;

fn main() {
    let data = Data::Value(&Reading);
    drop(data);
}
