-- As foldText in filter/fold.ts, for values that have no key column. Text of ASCII alone, which is most, needs a tenth of the time.
CREATE OR REPLACE FUNCTION fold_text(p_text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length(p_text) = length(p_text) THEN lower(p_text COLLATE "C") ELSE lower(normalize(translate(p_text,
    '！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～　',
    '!"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghijklmnopqrstuvwxyz{|}~ '), NFC) COLLATE "und-x-icu") COLLATE "C" END
$$;

-- As readInstant in filter/instant.ts. NULL for text that is no dateTime: a schema may have changed since it was stored.
CREATE OR REPLACE FUNCTION read_instant(p_text text) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF p_text !~* '^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?)?$' THEN RETURN NULL; END IF;
  IF p_text !~* '(Z|T.*[+-]\d\d:\d\d)$' THEN p_text := p_text || 'Z'; END IF;
  RETURN date_trunc('milliseconds', p_text::timestamptz);
EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format THEN RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION try_uuid(p_text text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN p_text ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' THEN p_text::uuid END
$$;
