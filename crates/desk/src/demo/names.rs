//! Invented names. Nobody in the demo practice exists: telephone numbers are from the range kept for
//! fiction (555-0100 to 555-0199), mail addresses end in `example.com`.

pub const GIVEN: &[&str] = &[
    "Aaliyah", "Abena", "Ada", "Aiko", "Aisha", "Alejandro", "Amara", "Amir", "Ana", "Anders", "Anika", "Anton",
    "Aria", "Arjun", "Asha", "Astrid", "Ava", "Ayumi", "Beatriz", "Ben", "Bilal", "Bo", "Bruno", "Caleb", "Camila",
    "Carlos", "Carmen", "Chiara", "Chidi", "Chloe", "Clara", "Cormac", "Dalia", "Daniel", "Darius", "Delphine",
    "Devi", "Diego", "Dina", "Dmitri", "Ebony", "Eduardo", "Eleni", "Eli", "Elif", "Emeka", "Emilia", "Emma",
    "Esra", "Esther", "Ethan", "Eva", "Farah", "Fatima", "Felix", "Femi", "Finn", "Freya", "Gabriel", "Gia",
    "Giorgos", "Grace", "Hana", "Haruto", "Hassan", "Hugo", "Ibrahim", "Imani", "Ines", "Ingrid", "Isaac", "Isla",
    "Ivan", "Jaden", "Jamal", "Jasmine", "Javier", "Jin", "Joao", "Jonah", "Josephine", "Juan", "Kai", "Kamala",
    "Kenji", "Keziah", "Khalid", "Kofi", "Kwame", "Lars", "Layla", "Leila", "Leo", "Liam", "Lin", "Linh", "Lucas",
    "Lucia", "Lucy", "Luka", "Maeve", "Malik", "Marcus", "Mariam", "Mateo", "Maya", "Mei", "Mia", "Miguel", "Mila",
    "Minh", "Miriam", "Mohammed", "Nadia", "Naomi", "Nia", "Nikhil", "Nina", "Noah", "Noor", "Nora", "Oksana",
    "Olga", "Oliver", "Omar", "Oscar", "Paloma", "Pavel", "Petra", "Pilar", "Priya", "Quinn", "Rafael", "Rahul",
    "Rania", "Renata", "Rosa", "Ruben", "Ruth", "Sakura", "Samir", "Samuel", "Sanjay", "Santiago", "Sara", "Sasha",
    "Selin", "Simone", "Sofia", "Soren", "Stella", "Sven", "Tariq", "Tatiana", "Temi", "Theo", "Thandi", "Tomas",
    "Uma", "Valeria", "Victor", "Viktoria", "Wanjiru", "Wei", "Xavier", "Ximena", "Yara", "Yasmin", "Yuki",
    "Yusuf", "Zahra", "Zara", "Zoe", "Zofia",
];

pub const FAMILY: &[&str] = &[
    "Abara", "Abdi", "Acosta", "Adeyemi", "Ahmadi", "Alvarado", "Andersen", "Antonov", "Aoki", "Appiah", "Arslan",
    "Asante", "Avila", "Bakker", "Banerjee", "Barnes", "Barros", "Becker", "Benali", "Berg", "Bianchi", "Bishop",
    "Blake", "Boateng", "Bondar", "Brennan", "Briggs", "Cabrera", "Calloway", "Campos", "Castellanos", "Chandra",
    "Chen", "Cho", "Cohen", "Conti", "Cooper", "Costa", "Crane", "Cruz", "Dang", "Danso", "Delgado", "Demir",
    "Desai", "Diallo", "Dimitrov", "Dixon", "Doyle", "Duarte", "Dube", "Eklund", "Ellis", "Engel", "Erdem",
    "Espinoza", "Fair", "Farouk", "Feld", "Ferrari", "Figueroa", "Fischer", "Flores", "Fontaine", "Foster", "Fox",
    "Galvan", "Ghosh", "Gill", "Goldberg", "Gomes", "Grant", "Grigoryan", "Gupta", "Haddad", "Hale", "Hansen",
    "Hashimoto", "Hassan", "Herrera", "Hoang", "Holm", "Horvat", "Huang", "Hughes", "Ibarra", "Idris", "Ikeda",
    "Ivanova", "Iyer", "Jain", "Jansen", "Jimenez", "Johansson", "Joshi", "Kamau", "Kaplan", "Karimi", "Katz",
    "Kaur", "Keita", "Khan", "Kim", "Kovac", "Kowalski", "Kruger", "Lambert", "Larsen", "Lau", "Leclerc", "Levy",
    "Li", "Lim", "Lindgren", "Lopez", "Lund", "Mahlangu", "Makinen", "Malik", "Marchetti", "Marin", "Mbeki",
    "McAllister", "Medina", "Mehta", "Mendes", "Mensah", "Meyer", "Molina", "Moreau", "Mori", "Moss", "Mwangi",
    "Nakamura", "Navarro", "Ncube", "Nguyen", "Nilsson", "Novak", "Nowak", "Nunez", "Nwosu", "O’Connell", "Obi",
    "Odhiambo", "Okafor", "Okoye", "Olsen", "Ortega", "Osei", "Ozturk", "Pacheco", "Palmer", "Papadakis", "Park",
    "Patel", "Pereira", "Petrov", "Pham", "Pinto", "Popov", "Quispe", "Rahman", "Ramirez", "Rao", "Reyes",
    "Richter", "Rivera", "Rojas", "Romano", "Rosen", "Rossi", "Roy", "Ruiz", "Saito", "Salas", "Santos", "Sato",
    "Schmidt", "Sharma", "Silva", "Singh", "Smirnov", "Sokolov", "Solis", "Soto", "Stein", "Suzuki", "Svensson",
    "Takahashi", "Tan", "Tanaka", "Tesfaye", "Thapa", "Torres", "Traore", "Tran", "Tuncer", "Ueda", "Valdez",
    "Vargas", "Vega", "Virtanen", "Volkov", "Vu", "Walsh", "Wang", "Weber", "West", "Wolff", "Wong", "Yamada",
    "Yang", "Yilmaz", "Zamora", "Zhang", "Zhou", "Zielinski",
];

/// Longer forms people are called by something shorter.
pub const PREFERRED: &[(&str, &str)] = &[
    ("Alejandro", "Alex"),
    ("Daniel", "Danny"),
    ("Eduardo", "Eddie"),
    ("Gabriel", "Gabe"),
    ("Isaac", "Ike"),
    ("Josephine", "Josie"),
    ("Mohammed", "Mo"),
    ("Samuel", "Sam"),
    ("Santiago", "Santi"),
    ("Tatiana", "Tanya"),
    ("Viktoria", "Vika"),
    ("Xavier", "Xavi"),
];

pub const ALERTS: &[&str] = &[
    "Latex allergy",
    "Nickel allergy – use titanium brackets",
    "Penicillin allergy",
    "Asthma – keeps inhaler in bag",
    "Hard of hearing – left side",
    "Needs wheelchair access – use Op 1",
    "Anxious – allow a little extra time",
    "Interpreter needed (Spanish)",
    "Interpreter needed (ASL)",
    "Premedication required",
];

pub const PATIENT_NOTES: &[&str] = &[
    "Prefers late afternoon, plays in the school band.",
    "Mother asks for a text the evening before.",
    "Drives in from out of town; combine visits where possible.",
    "Prefers mornings before school.",
    "Father and grandmother may both bring the child.",
    "Insurance card updated in spring.",
    "Sibling is also in treatment; book together.",
];

pub const VISIT_NOTES: &[&str] = &[
    "Bring elastics box.",
    "Upper left bracket was loose last time.",
    "Power chain today.",
    "New mouthguard for hockey season.",
    "Parent wants to talk to the doctor about progress.",
    "Check lower retainer wire.",
    "Took impressions last visit; trays are in the lab box.",
    "Running ten minutes late, called ahead.",
    "Please take new photos.",
    "Move up to .018 wire if ready.",
];

pub const CANCEL_REASONS: &[&str] = &["Ill", "Work or school", "No transport", "Weather", "Forgot", "Moved away"];
