"""RE2 patterns for what people write in cells."""

NOTHING_TO_TRIM = r"[!-~]([ -~]*[!-~])?"
WHOLE = r"[+-]?0*[0-9]{1,12}(\.0*)?"
ANY_WHOLE = r"[+-]?[0-9]+(\.0*)?"
DECIMAL = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
NUMBER = DECIMAL + r"([eE][+-]?[0-9]{1,4})?"
EXPONENT = DECIMAL + r"[eE][+-]?[0-9]+"
PLAIN_MONEY = r"[+-]?[0-9]{1,15}(\.[0-9]{0,4})?"
MONEY = r"[+-]?([0-9]+(\.[0-9]{0,4}0*)?|\.[0-9]{1,4}0*)"
GROUPS = r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+"
ONE_GROUP = r"[+-]?[1-9][0-9]{0,2},[0-9]{3}"  # thousands to one reader, a decimal comma to another
CLEAR_GROUPS = r"[+-]?[1-9][0-9]{0,2}((,[0-9]{3}){2,}(\.[0-9]+)?|,[0-9]{3}\.[0-9]+)"
CURRENCY = r"^([+-]?)[¥￥$€][ \x{A0}]*([+-]?)"
COMMA_CURRENCY = r"[+-]?[¥￥$].*"  # currencies whose countries group by commas
_YEAR = r"(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})"
DAY = _YEAR + r"-[0-9]{2}-[0-9]{2}"
_TIME = r"([T ]+([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)? ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?"
ANY_DAY = _YEAR + r"(-[0-9]{1,2}-[0-9]{1,2}|/[0-9]{1,2}/[0-9]{1,2}|年 ?[0-9]{1,2}月 ?[0-9]{1,2}日)" + _TIME
DAY_PARTS = r"^([0-9]{4})[-/年] ?([0-9]{1,2})[-/月] ?([0-9]{1,2}).*$"
SHORTENED = r"[0-9](\.[0-9]+)?E\+[0-9]{2,}"  # how Excel shows a long number
