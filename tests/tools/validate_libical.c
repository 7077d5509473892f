/* Reads calendar files with libical and says what it understood, one JSON object per file.
 *
 *   validate_libical FILE...      what each file says; "errors" lists what libical and its iTIP rules object to
 *   validate_libical --recur      lines "START<tab>RRULE<tab>UNTIL" on standard input, days as lines out
 *
 * Times are resolved by the file's own VTIMEZONE: that is what is being checked. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void text(const char *value)
{
    putchar('"');
    for (; value && *value; value++) {
        unsigned char c = (unsigned char)*value;
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20)
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

static char *read_file(const char *name)
{
    FILE *file = fopen(name, "rb");
    char *content = NULL;
    long size;
    if (!file)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0) {
        rewind(file);
        content = malloc((size_t)size + 1);
        if (content)
            content[fread(content, 1, (size_t)size, file)] = 0;
    }
    fclose(file);
    return content;
}

static int errors(icalcomponent *component, int count)
{
    icalcomponent *child;
    icalproperty *property = icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY);
    for (; property; property = icalcomponent_get_next_property(component, ICAL_XLICERROR_PROPERTY)) {
        printf("%s", count++ ? "," : "");
        text(icalproperty_get_xlicerror(property));
    }
    child = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT);
    for (; child; child = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT))
        count = errors(child, count);
    return count;
}

static long moment(icalcomponent *event, icalproperty_kind kind, const char **zone)
{
    icalproperty *property = icalcomponent_get_first_property(event, kind);
    struct icaltimetype time;
    if (!property)
        return 0;
    time = icalproperty_get_datetime_with_component(property, NULL);
    if (zone)
        *zone = icalproperty_get_parameter_as_string(property, "TZID");
    return (long)icaltime_as_timet_with_zone(time, time.zone);
}

static int say(const char *name)
{
    const char *zone = NULL;
    char *content = read_file(name);
    icalcomponent *calendar, *event;
    icalproperty *property;
    if (!content)
        return 1;
    calendar = icalparser_parse_string(content);
    free(content);
    if (!calendar) {
        printf("{\"errors\":[\"libical cannot read it\"]}\n");
        return 0;
    }
    printf("{\"errors\":[");
    /* Marks what breaks the rules of the file's METHOD (RFC 5546) as error properties. */
    int broken = !icalrestriction_check(calendar);
    int count = errors(calendar, 0);
    if (broken && !count)
        printf("\"breaks a restriction of its method\"");
    event = icalcomponent_get_first_real_component(calendar);
    property = icalcomponent_get_first_property(calendar, ICAL_METHOD_PROPERTY);
    printf("],\"method\":");
    text(property ? icalproperty_method_to_string(icalproperty_get_method(property)) : "");
    if (event) {
        long start = moment(event, ICAL_DTSTART_PROPERTY, &zone);
        printf(",\"uid\":");
        text(icalcomponent_get_uid(event));
        printf(",\"sequence\":%d,\"start\":%ld,\"end\":%ld,\"zone\":", icalcomponent_get_sequence(event), start,
               moment(event, ICAL_DTEND_PROPERTY, NULL));
        text(zone ? zone : "");
        printf(",\"summary\":");
        text(icalcomponent_get_summary(event));
        printf(",\"location\":");
        text(icalcomponent_get_location(event));
        printf(",\"alarms\":%d", icalcomponent_count_components(event, ICAL_VALARM_COMPONENT));
    }
    printf("}\n");
    icalcomponent_free(calendar);
    return 0;
}

static int recur(void)
{
    char line[1024];
    while (fgets(line, sizeof line, stdin)) {
        char *start = strtok(line, "\t\r\n"), *rule = strtok(NULL, "\t\r\n"), *until = strtok(NULL, "\t\r\n");
        struct icaltimetype first, last, next;
        icalrecur_iterator *iterator;
        int count = 0;
        if (!start || !rule || !until)
            return 2;
        first = icaltime_from_string(start);
        last = icaltime_from_string(until);
        iterator = icalrecur_iterator_new(icalrecurrencetype_from_string(rule), first);
        if (!iterator) {
            printf("!\n");
            continue;
        }
        for (next = icalrecur_iterator_next(iterator); !icaltime_is_null_time(next) && icaltime_compare(next, last) <= 0;
             next = icalrecur_iterator_next(iterator))
            printf("%s%04d%02d%02d", count++ ? " " : "", next.year, next.month, next.day);
        printf("\n");
        icalrecur_iterator_free(iterator);
    }
    return 0;
}

int main(int argc, char **argv)
{
    int at;
    icalerror_set_errors_are_fatal(0);
    if (argc == 2 && strcmp(argv[1], "--recur") == 0)
        return recur();
    for (at = 1; at < argc; at++)
        if (say(argv[at]))
            return 1;
    return 0;
}
