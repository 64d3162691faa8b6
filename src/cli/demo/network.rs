//! The demo's network: invented companies, stations and shops in six countries, with names as long
//! and as foreign as real ones are.

/// A company that runs points of service.
pub(super) struct Establishment {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) time_zone: &'static str,
    pub(super) country: &'static str,
    /// Code, name, address, manager.
    pub(super) points: &'static [(&'static str, &'static str, &'static str, &'static str)],
}

impl Establishment {
    pub(super) fn language(&self) -> &'static str {
        if self.country == "RU" { "ru" } else { "fr" }
    }

    pub(super) fn currency(&self) -> &'static str {
        match self.country {
            "FR" => "EUR",
            "RU" => "RUB",
            // The others share one.
            _ => "XOF",
        }
    }
}

/// When points of service are open, in turn.
pub(super) const HOURS: [&str; 5] = [
    "24/7",
    "Mo-Sa 07:00-20:00; Su 08:00-13:00",
    "Mo-Fr 08:00-12:00,14:00-18:30; Sa 09:00-13:00; PH off",
    "",
    "Mo-Th 11:00-23:00; Fr-Sa 11:00-02:00",
];

pub(super) const ESTABLISHMENTS: [Establishment; 8] = [
    Establishment {
        code: "CARBURANTS-MIDI",
        name: "Carburants du Midi SAS",
        time_zone: "Europe/Paris",
        country: "FR",
        points: &[
            (
                "MIDI-01",
                "Relais du Pont-Vieux",
                "12 avenue de Castres, 31500 Toulouse",
                "Hélène Garrigues",
            ),
            (
                "MIDI-02",
                "Station des Corbières",
                "Route de Narbonne, 11200 Lézignan-Corbières",
                "Yannick Bessière",
            ),
            (
                "MIDI-03",
                "Aire des Pins, autoroute A61, sens Toulouse–Narbonne",
                "A61, PR 271, 11000 Carcassonne",
                "Mélissa Fourès",
            ),
            (
                "MIDI-04",
                "Garage Lacombe et Fils",
                "3 place du Foirail, 81000 Albi",
                "Bernard Lacombe",
            ),
        ],
    },
    Establishment {
        code: "BOULANGERIES-LOIRE",
        name: "Les Boulangeries de la Loire",
        time_zone: "Europe/Paris",
        country: "FR",
        points: &[
            (
                "LOIRE-01",
                "Au Bon Levain",
                "8 rue Nationale, 37000 Tours",
                "Élodie Chauvin",
            ),
            (
                "LOIRE-02",
                "La Miche dorée",
                "41 quai Mauzac, 49100 Angers",
                "Loïc Guérin",
            ),
            (
                "LOIRE-03",
                "Le Fournil d'Orléans",
                "2 rue de Bourgogne, 45000 Orléans",
                "Sœur & Frère Petitjean",
            ),
        ],
    },
    Establishment {
        code: "ONEGA-TEK",
        name: "Общество с ограниченной ответственностью «Северо-Западная топливно-энергетическая компания „Онежский берег“»",
        time_zone: "Europe/Moscow",
        country: "RU",
        points: &[
            (
                "ONEGA-01",
                "АЗС № 1 «Вытегра»",
                "Вологодская обл., г. Вытегра, Архангельский тракт, 75",
                "Прасковья Вениаминовна Красносельцева",
            ),
            (
                "ONEGA-02",
                "Автозаправочный комплекс «Медвежьегорск — Западный» с магазином и кафе",
                "Республика Карелия, г. Медвежьегорск, ул. Дзержинского, 14",
                "Константин Аристархович Преображенский-Заозёрский",
            ),
            (
                "ONEGA-03",
                "АЗС «Шелтозеро»",
                "Республика Карелия, с. Шелтозеро, ул. Почтовая, 2",
                "Илья Рябов",
            ),
            (
                "ONEGA-04",
                "АЗС № 17, 406-й километр федеральной автомобильной дороги Р-21 «Кола»",
                "Республика Карелия, Прионежский район",
                "Зинаида Фёдорова",
            ),
        ],
    },
    Establishment {
        code: "TEPLY-KHLEB",
        name: "Сеть пекарен «Тёплый хлеб»",
        time_zone: "Asia/Novosibirsk",
        country: "RU",
        points: &[
            (
                "KHLEB-01",
                "Пекарня на Красном проспекте",
                "г. Новосибирск, Красный проспект, 99",
                "Алёна Ёлкина",
            ),
            (
                "KHLEB-02",
                "Пекарня «Академгородок»",
                "г. Новосибирск, Морской проспект, 22",
                "Юрий Щербаков",
            ),
            (
                "KHLEB-03",
                "Пекарня у вокзала",
                "г. Томск, проспект Кирова, 68",
                "Наталья Цой",
            ),
        ],
    },
    Establishment {
        code: "SAHEL-TOGO",
        name: "Sahel Énergie Togo SA",
        time_zone: "Africa/Lome",
        country: "TG",
        points: &[
            (
                "TOGO-01",
                "Station Agoè-Zongo",
                "RN1, carrefour Zongo, Lomé",
                "Akouvi Mensah",
            ),
            (
                "TOGO-02",
                "Station du Port",
                "Boulevard de la Marina, Lomé",
                "Kodjo Amegan",
            ),
            (
                "TOGO-03",
                "Station Kpalimé Centre",
                "Route d'Atakpamé, Kpalimé",
                "Yao Dzifa Agbeko",
            ),
            (
                "TOGO-04",
                "Station Kara Nord",
                "RN1, sortie nord, Kara",
                "Essowè Tchalla",
            ),
        ],
    },
    Establishment {
        code: "TERANGA",
        name: "Teranga Carburants Sénégal",
        time_zone: "Africa/Dakar",
        country: "SN",
        points: &[
            (
                "TERANGA-01",
                "Station Ouakam",
                "Route de Ouakam, Dakar",
                "Fatou Ndiaye",
            ),
            (
                "TERANGA-02",
                "Station Thiès Escale",
                "Avenue Général-de-Gaulle, Thiès",
                "Mamadou Sarr",
            ),
            (
                "TERANGA-03",
                "Station Saint-Louis, pont Faidherbe",
                "Sor, Saint-Louis",
                "Aïssatou Diop",
            ),
        ],
    },
    Establishment {
        code: "BANDAMA",
        name: "Société ivoirienne de distribution de produits pétroliers du Bandama",
        time_zone: "Africa/Abidjan",
        country: "CI",
        points: &[
            (
                "BANDAMA-01",
                "Station Yopougon Siporex",
                "Autoroute du Nord, Abidjan",
                "Adjoua Kouassi",
            ),
            (
                "BANDAMA-02",
                "Station Yamoussoukro, route de Bouaké",
                "A3, Yamoussoukro",
                "N'Guessan Koffi",
            ),
            (
                "BANDAMA-03",
                "Station San-Pédro Port",
                "Zone portuaire, San-Pédro",
                "Ibrahim Ouattara",
            ),
        ],
    },
    Establishment {
        code: "OUEME",
        name: "Stations de l'Ouémé SARL",
        time_zone: "Africa/Porto-Novo",
        country: "BJ",
        points: &[
            (
                "OUEME-01",
                "Station Cotonou Étoile rouge",
                "Place de l'Étoile rouge, Cotonou",
                "Sènan Houngbédji",
            ),
            (
                "OUEME-02",
                "Station Parakou Gare",
                "RNIE 2, Parakou",
                "Chabi Orou",
            ),
        ],
    },
];

/// A terminal to be: where it stands and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) tid: String,
    pub(super) serial_number: String,
    /// Code of the model in the catalogue, and what the device calls itself.
    pub(super) model: (&'static str, &'static str),
    pub(super) point: &'static str,
    pub(super) country: &'static str,
}

const MODELS: [(&str, &str, &str); 3] = [
    ("feitian-f20", "F20", "F20-"),
    ("wiseasy-wpos-3", "WPOS-3", "WP3"),
    ("ingenico-t3", "T3", "T3N"),
];

/// The terminal of that number; the same number is always the same terminal.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a demo has thousands, not billions"
)]
pub(super) fn place(number: usize) -> Place {
    let points: Vec<_> = ESTABLISHMENTS
        .iter()
        .flat_map(|e| e.points.iter().map(move |point| (e.country, point.0)))
        .collect();
    let (country, point) = points[number % points.len()];
    // A multiplier that shares no factor with the models keeps them apart from the points.
    let (code, name, prefix) = MODELS[(number / points.len() + number * 2) % MODELS.len()];
    let serial = (number as u32).wrapping_mul(2_654_435_761) % 10_000_000;
    Place {
        tid: format!("{country}{:05}", 201 + number),
        serial_number: format!("{prefix}{serial:07}"),
        model: (code, name),
        point,
        country,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_terminal_is_another_and_every_model_is_everywhere() {
        let places: Vec<_> = (0..300).map(place).collect();
        let tids: HashSet<_> = places.iter().map(|p| &p.tid).collect();
        let serials: HashSet<_> = places.iter().map(|p| &p.serial_number).collect();
        assert_eq!((tids.len(), serials.len()), (300, 300));
        let pairs: HashSet<_> = places.iter().map(|p| (p.model.0, p.point)).collect();
        let points: usize = ESTABLISHMENTS.iter().map(|e| e.points.len()).sum();
        assert_eq!(pairs.len(), points * MODELS.len());
    }
}
