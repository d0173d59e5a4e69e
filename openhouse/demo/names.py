"""Names as families of a large California district carry them, by heritage, with the languages spoken at home.

Lists are our own; every combination is made up. An underscore joins the words of one name. Shares are parts in a
thousand of all families; together the languages come to about 45 % Spanish and 42 % English.
"""

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, eq=False)
class Heritage:
    """Given names and family names that go together, and what such families speak at home.

    `languages` holds (BCP 47 tag, parts in a hundred); `double` is the share in a hundred of households that carry two
    family names; `shared` of those whose mother carries the father's; `gendered` family names end in -a for women.
    """

    share: int
    languages: tuple[tuple[str, int], ...]
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    families: tuple[str, ...]
    double: int = 0
    shared: int = 0
    gendered: bool = False

    @cached_property
    def languages_by_share(self) -> tuple[str, ...]:
        """A hundred places; a throw among them is the home language of a family."""
        return tuple(tag for tag, parts in self.languages for _ in range(parts))


def _split(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


SPANISH = Heritage(
    share=700,
    languages=(("es", 64), ("en", 36)),
    double=40,
    shared=20,
    girls=_split("""
        Abril Adriana Alejandra Alma América Ana_Sofía Andrea Ángela Araceli Belén Brenda Camila Carmen Citlali
        Dafne Daniela Dulce_María Elena Esmeralda Estefanía Evelyn Fátima Fernanda Gabriela Guadalupe Inés Isabel
        Itzel Jazmín Jimena Julieta Karla Leslie Leticia Lucía Lupita Maite Maribel Mariana Marisol Maritza Melany
        Mía Montserrat Nayeli Natalia Noemí Paloma Perla Regina Renata Rocío Rosario Ruby Sofía Socorro Valentina
        Valeria Verónica Ximena Xóchitl Yaretzi Yesenia Zoé"""),
    boys=_split("""
        Abraham Adrián Alan Alejandro Alexis Andrés Ángel Armando Arturo Benjamín Bryan Carlos César Christian Cruz
        Damián Daniel David Diego Eduardo Elías Emiliano Emmanuel Enrique Ernesto Esteban Ezequiel Félix Fernando
        Francisco Gael Gerardo Gilberto Héctor Hugo Ignacio Isaac Iván Jesús Joaquín Jorge José_Ángel José_Luis
        Josué Juan_Carlos Julián Kevin Leonardo Luis Manuel Mateo Mauricio Máximo Miguel Moisés Octavio Óscar Pablo
        Ramón Raúl Ricardo Rodrigo Salvador Santiago Saúl Sebastián Tomás Uriel Víctor Yahir"""),
    families=_split("""
        Acosta Aguilar Alvarado Álvarez Arellano Ávila Ayala Barragán Barrios Bautista Beltrán Bermúdez Cabrera
        Calderón Camacho Campos Cárdenas Castañeda Castillo Cervantes Chávez Contreras Cortés Cruz De_la_Cruz
        De_León Del_Río Delgado Domínguez Elizondo Escobar Espinoza Esquivel Estrada Figueroa Flores Fuentes Galván
        García Garza Gómez González Guerrero Guzmán Hernández Herrera Huerta Ibáñez Jiménez Juárez Lara Ledezma
        López Lozano Luna Macías Magaña Maldonado Márquez Martínez Medina Mejía Méndez Mendoza Meza Molina Montoya
        Morales Muñoz Navarro Núñez Ochoa Olvera Ordóñez Orozco Ortega Ortiz Osorio Pacheco Padilla Paredes Peña
        Pérez Pineda Quiñones Quintero Ramírez Ramos Reyes Ríos Rivera Robles Rodríguez Rojas Romero Rosales Ruiz
        Salazar Salinas Sánchez Sandoval Santillán Serrano Solís Soto Tapia Torres Trejo Trujillo Valdez Valencia
        Vargas Vásquez Vega Velázquez Villanueva Villaseñor Yáñez Zamora Zaragoza Zúñiga"""),
)
ANGLO = Heritage(
    share=70,
    languages=(("en", 100),),
    double=4,
    shared=65,
    girls=_split("""
        Abigail Alice Amelia Audrey Beatrice Brooke Caroline Charlotte Claire Daphne Eleanor Emma Faith Fiona
        Georgia Grace Hannah Hazel Helen Ivy Jane Josephine Juniper Katherine Lily Mabel Margaret Meredith Nora
        Olive Paige Phoebe Rose Ruth Sadie Sarah Stella Tess Violet Willa"""),
    boys=_split("""
        Adam Andrew Arthur August Bennett Calvin Charles Colin Dean Edward Eli Everett Finn Frank George Graham
        Grant Harry Henry Hugh Ian Jack James Jasper Leo Logan Martin Max Miles Nathan Oliver Oscar Owen Patrick
        Peter Ryan Samuel Theodore Thomas William"""),
    families=_split("""
        Abbott Baker Barlow Bennett Briggs Callahan Carver Chandler Clarke Cooper Dalton D'Angelo Doyle Ellery
        Fairbanks Fletcher Gallagher Goodwin Hale Harper Hollis Kessler Langley Lindqvist MacDonald Marsh McAllister
        Merritt Novak O'Brien O'Connor O'Malley Parrish Porter Quinn Ross Rossi Schroeder Sinclair Stratton Sullivan
        Thorne Tucker Underwood Vance Wagner Weaver Whitfield Winslow Zimmerman"""),
)
AFRICAN_AMERICAN = Heritage(
    share=70,
    languages=(("en", 100),),
    double=4,
    shared=50,
    girls=_split("""
        Aaliyah Aniyah Aria Ayanna Brielle Camille Chanel Deja Denise Destiny Ebony Gabrielle Imani India Jada
        Jasmine Joy Kamryn Keisha Kennedy Kiara Laila London Maya Monique Morgan Naomi Nevaeh Nia Raven Serenity
        Shanice Simone Skye Tamika Tanisha Tiana Trinity Zaria Zuri"""),
    boys=_split("""
        Amari Andre Antoine Braylon Cameron Cedric Chance D'Andre Darius Darnell De'Shawn Demetrius Desmond Devin
        Dominic Elijah Isaiah Jabari Jalen Jamal Jayden Jeremiah Kareem Khalil Langston Malcolm Malik Marcus Marquis
        Micah Nasir Quincy Rashad Reggie Terrence Trey Tyrell Tyson Xavier Zion"""),
    families=_split("""
        Alexander Ambrose Banks Battle Booker Bridges Broussard Brown Bryant Carter Coleman Crawford Davis Dixon
        Dorsey Easley Ford Franklin Gaines Glover Grant Green Hampton Harris Hayes Holloway Jackson Jefferson
        Johnson Jones King Lewis Mayfield Mosley Pettway Poole Randolph Robinson Simmons Stokes Tolliver Turner Wade
        Walker Washington Watkins Whitaker Williams Wilkes Young"""),
)
ARMENIAN = Heritage(
    share=26,
    languages=(("hy", 76), ("en", 24)),
    shared=60,
    girls=_split("""
        Ani Anahit Araksi Arev Arpi Astghik Gayane Gohar Hasmik Hripsime Karine Knarik Lilit Lusine Mane Mariam
        Marine Meline Milena Nairi Nane Narine Naré Ruzanna Satenik Shushan Sirvard Sona Tatev Yeva"""),
    boys=_split("""
        Alen Ara Aram Ararat Areg Armen Arman Artak Artur Ashot Davit Edgar Gagik Garo Gevorg Gor Hakob Hayk
        Hovhannes Karen Levon Mher Narek Raffi Samvel Sargis Suren Tigran Vahan Vartan"""),
    families=_split("""
        Abrahamyan Aghajanian Akopyan Arakelyan Avetisyan Babayan Bagdasarian Balayan Danielyan Davtyan Galstyan
        Gasparyan Ghazaryan Grigoryan Hakobyan Harutyunyan Hovsepian Karapetyan Kazarian Keshishian Khachatryan
        Manukyan Margaryan Melkonian Minasyan Mkrtchyan Nazaryan Petrosyan Sahakyan Simonyan Ter-Grigoryan
        Yeghiazaryan Zakaryan"""),
)
KOREAN = Heritage(
    share=24,
    languages=(("ko", 83), ("en", 17)),
    girls=_split("""
        Ah-Young Bo-Ra Chae-Won Da-Eun Eun-Ji Eun-Seo Grace Ha-Eun Ha-Yoon Hye-Jin Hyun-Ah In-Young Ji-Min Ji-Woo
        Jin-Ah Joo-Hee Kyung-Mi Mi-Rae Min-Seo Na-Yeon Seo-Hyun Seo-Yeon So-Yoon Soo-Bin Soo-Jin Sung-Hee Ye-Jin
        Ye-Rin Yoo-Jin Yu-Na"""),
    boys=_split("""
        Chan-Woo Dae-Hyun Do-Yoon Dong-Ha Eun-Woo Gun-Woo Ha-Joon Hyun-Jun Hyun-Woo Ian Jae-Min Ji-Ho Jin-Woo
        Joon-Ho Jun-Seo Ki-Tae Kyung-Soo Min-Jae Min-Jun Sang-Min Seo-Jun Seung-Hyun Si-Woo Sung-Jin Tae-Yang
        Woo-Jin Ye-Jun Yong-Ho Young-Min Yu-Jun"""),
    families=_split("""
        Ahn Bae Baek Bang Byun Cha Chang Cho Choi Chun Chung Eom Gil Ha Han Heo Hong Hwang Im Jang Jeon Jin Joo Jung
        Kang Kim Ko Koo Kwak Kwon Lee Lim Min Moon Nam Noh Oh Paik Park Ryu Seo Shim Shin Sohn Song Suh Yang Yoo
        Yoon"""),
)
CHINESE = Heritage(
    share=13,
    languages=(("zh-Hans", 78), ("en", 22)),
    girls=_split("""
        Chunhua Fang Haiyan Hong Huan Jia Jiayi Jing Jingyi Lan Li Lihua Mei Meilin Min Na Ning Qian Ruolan Shan
        Shuang Ting Wanying Wen Xiaoyan Xin Xinyi Xue Yalin Yan Yi Yingying Yuhan Yuxin Zihan"""),
    boys=_split("""
        Bin Bowen Chao Cheng Chenxi Dawei Feng Guang Hao Haoran Hongwei Jian Jianguo Jie Jun Junjie Kai Lei Liang
        Long Ming Minghao Peng Qiang Rui Shaohua Tao Wei Xiang Yifan Yong Yuchen Zhen Zhiyuan Zixuan"""),
    families=_split("""
        Bai Cai Chen Cheng Cui Deng Du Fan Fang Feng Gao Gu Guo Han He Hu Huang Jia Jiang Jin Li Liang Lin Liu Lu
        Luo Lü Ma Meng Pan Peng Qian Shao Shen Shi Song Sun Tan Tang Wang Wu Xie Xu Yan Yang Ye Yu Yuan Zeng Zhang
        Zhao Zheng Zhou Zhu"""),
)
CANTONESE_TAIWANESE = Heritage(
    share=13,
    languages=(("zh-Hant", 78), ("en", 22)),
    girls=_split("""
        Chia-Hui Ching-Yi Hei-Man Hiu-Tung Hsin-Yi Hsiao-Wen Hui-Chun Ka-Yan Kit-Ying Lai-Fong Mei-Ling Nga-Ting
        Pei-Shan Pui-Yee Shu-Fen Shuk-Han Sin-Yee Suk-Yin Sze-Wing Tsz-Ching Wai-Ling Wan-Ting Wing-Lam Wing-Sze
        Ya-Ting Yan-Yi Yi-Chen Yi-Jun Yu-Chen Yuen-Ling"""),
    boys=_split("""
        Cheuk-Hin Chi-Ming Chi-Wai Chia-Hao Chih-Ming Chun-Hei Chun-Wei Ho-Yin Hok-Lam Hoi-Fung Jun-Hong Ka-Ho
        Kai-Ming Kin-Wah Kuan-Ting Kwok-Wai Long-Hin Man-Kit Ming-Che Pak-Hei Po-Han Siu-Ming Tsz-Hin Wai-Keung
        Wei-Chen Wing-Fai Yat-Long Yi-Hsuan Yu-Hsiang Zi-Hao"""),
    families=_split("""
        Au-Yeung Chan Chang Chau Cheung Chiang Chiu Chow Chu Fung Hsieh Hsu Hung Ho Huang Kao Ko Kuo Kwan Kwok Lai
        Lam Lau Lee Leung Liang Lo Lui Mak Ng Ngai Poon Shih Szeto Tam Tsai Tsang Tse Tseng Tsui Wong Wu Yeung Yip
        Yuen"""),
)
FILIPINO = Heritage(
    share=30,
    languages=(("tl", 66), ("en", 34)),
    double=10,
    shared=70,
    girls=_split("""
        Althea Angelica Analyn Bea Bernadette Cherry_Mae Chona Clarissa Dalisay Divina Erlinda Florinda Gemma Glenda
        Hazel_Ann Imelda Jasmine Jennylyn Joy Kristine Ligaya Liwayway Luz Mae Marites Mary_Grace Mayumi Mutya
        Nenita Princess Rosalie Rowena Shaira Tala"""),
    boys=_split("""
        Aldrin Angelo Arnel Bayani Benjie Carlo Christian_Paul Dante Darwin Datu Dennis Edgardo Efren Gian Jericho
        Jerome Jhon_Mark Joel Jomar Joselito Kian Lito Mark_Anthony Marvin Nestor Noel Paolo Rafael Ramil Reynaldo
        Rodel Rommel Ronaldo Vergel"""),
    families=_split("""
        Abad Agbayani Aquino Bacani Balagtas Bautista Bondoc Buenaventura Cabral Catacutan Cayabyab Dacanay
        De_Guzman Dela_Cruz Del_Rosario Dimaculangan Dizon Evangelista Galang Gatdula Ilagan Lacson Lagman Lapid
        Lualhati Macaraeg Magsaysay Manalo Mangubat Ocampo Pangilinan Panganiban Pascual Quiambao Salonga Santos
        Soriano Sumulong Tolentino Villanueva Yabut"""),
)
VIETNAMESE = Heritage(
    share=18,
    languages=(("vi", 80), ("en", 20)),
    girls=_split("""
        Ánh Bích_Ngọc Châu Diễm Diệu Dung Hà Hạnh Hiền Hoa Hồng Hương Huyền Khánh_Linh Lan Liên Linh Loan Mai
        Minh_Anh Mỹ_Linh Nga Ngân Ngọc Nhung Phương Quỳnh Quyên Thảo Thanh_Trúc Thu_Hà Thùy Trang Trinh Tuyết Uyên
        Vân Yến"""),
    boys=_split("""
        An Anh_Tuấn Bảo Bình Công Cường Đạt Đức Dũng Duy Gia_Bảo Hải Hiếu Hoàng Hùng Huy Khang Khoa Kiên Lâm Lộc
        Long Minh Nam Nghĩa Nhân Phát Phong Phúc Quân Quang Quốc Sơn Tài Thắng Thành Thiện Toàn Trí Trung Tuấn Việt"""),
    families=_split("""
        Âu Bùi Cao Châu Đặng Đào Diệp Đinh Đỗ Đoàn Dương Hà Hồ Hoàng Huỳnh Khưu Kiều La Lâm Lê Lương Lưu Lý Mạc Mai
        Ngô Nguyễn Ông Phạm Phan Phùng Quách Tạ Thái Tô Tôn Trần Triệu Trịnh Trương Võ Vũ Vương"""),
)
PERSIAN = Heritage(
    share=13,
    languages=(("fa", 76), ("en", 24)),
    shared=20,
    girls=_split("""
        Anahita Arezou Ava Azadeh Bahar Darya Elham Farah Farzaneh Fereshteh Golnaz Jaleh Kimia Laleh Leila Mahsa
        Mina Mitra Nasrin Nazanin Negar Niloufar Parisa Parvin Roya Sahar Sepideh Shirin Soraya Taraneh Ziba"""),
    boys=_split("""
        Afshin Amir Arash Ardeshir Arman Babak Behrouz Bijan Cyrus Dara Darius Farhad Farshid Hamid Houman Jamshid
        Kamran Kaveh Kian Mehdi Mehrdad Nader Navid Omid Parviz Payam Ramin Reza Saman Shahram Siavash Soroush"""),
    families=_split("""
        Abbasi Afshar Ahmadi Amini Ansari Azizi Bahrami Danesh Ebrahimi Eftekhari Farahani Farrokhzad Ghasemi
        Golestani Hakimi Hosseini Jafari Javadi Kamali Karimi Khorrami Mahdavi Mirzaei Moradi Najafi Nouri Parsa
        Rahimi Rezaei Rostami Sadeghi Shirazi Tabrizi Tehrani Yazdani Zand"""),
)
ARABIC = Heritage(
    share=12,
    languages=(("ar", 82), ("en", 18)),
    shared=15,
    girls=_split("""
        Abeer Aisha Amal Amina Asma Aya Basma Dalal Dina Farida Fatima Ghada Hala Hanan Huda Jana Jumana Khadija
        Lama Layla Lina Maha Malak Mariam Maysa Nadia Noor Rana Rania Rasha Reem Salma Samira Sawsan Yara Zainab"""),
    boys=_split("""
        Abdullah Adel Ahmad Ali Amin Anas Ayman Bashir Bilal Faisal Fadi Hadi Hamza Hasan Hisham Ibrahim Idris Jamal
        Karim Khaled Mahmoud Mazen Mustafa Nabil Omar Rami Samir Tareq Walid Yasin Youssef Zaid Ziad"""),
    families=_split("""
        Abboud Abdel-Rahman Al-Amin Al-Bakri Al-Farouq Al-Hashimi Al-Khatib Al-Masri Al-Sayed Aziz Barakat Darwish
        El-Shamy Fakhoury Farah Ghanem Habib Haddad Hamdan Hijazi Issa Jaber Kanaan Khalil Khoury Mansour Mubarak
        Nasser Qasim Rashid Saab Saleh Shaheen Suleiman Tawfiq Zayed"""),
)
RUSSIAN = Heritage(
    share=11,
    languages=(("ru", 91), ("en", 9)),
    shared=75,
    gendered=True,
    girls=_split("""
        Alina Alla Anastasia Anna Daria Diana Ekaterina Elena Elizaveta Eva Galina Inna Irina Kira Ksenia Larisa
        Lidia Lyudmila Margarita Maria Marina Nadezhda Natalya Nina Oksana Olga Polina Raisa Sofya Svetlana Tamara
        Tatiana Vera Veronika Yulia Zoya"""),
    boys=_split("""
        Aleksandr Aleksei Anatoly Andrei Anton Arkady Boris Denis Dmitry Fyodor Gleb Grigory Igor Ilya Ivan Kirill
        Konstantin Lev Leonid Maksim Matvei Mikhail Nikita Nikolai Oleg Pavel Roman Ruslan Semyon Sergei Stepan
        Timofei Vadim Valery Viktor Yegor"""),
    families=_split("""
        Abramov Andreev Antonov Baranov Belov Bogdanov Bykov Danilov Egorov Fedorov Filatov Gavrilov Golubev Ilyin
        Isaev Kalinin Karpov Kiselev Komarov Kozlov Krylov Kuzmin Lebedev Maksimov Medvedev Morozov Nikitin Novikov
        Orlov Panov Pavlov Petrov Popov Romanov Semenov Sidorov Smirnov Sokolov Titov Volkov Vorobyov Yakovlev
        Zaitsev"""),
)

HERITAGES = (
    SPANISH, ANGLO, AFRICAN_AMERICAN, ARMENIAN, KOREAN, CHINESE, CANTONESE_TAIWANESE, FILIPINO, VIETNAMESE, PERSIAN,
    ARABIC, RUSSIAN,
)  # fmt: skip
BY_SHARE = tuple(heritage for heritage in HERITAGES for _ in range(heritage.share))
"""A thousand places; a throw among them is a family's heritage."""
