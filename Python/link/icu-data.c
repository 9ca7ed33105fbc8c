/* ICU's tables with nothing in them, as ICU's own stub data library has them (icu4c/source/stubdata).
   Foundation links ICU in for languages, time zones and calendars: 34 MB of tables that no function of this library asks for. With these
   in their place such a request would be answered with "no such resource". */
#include <stdint.h>

struct header {
    uint16_t size;
    uint8_t magic[2];
    uint16_t info_size, reserved;
    uint8_t is_big_endian, charset, char_size, none;
    uint8_t format[4], format_version[4], data_version[4];
    uint8_t padding[8];
    uint32_t count, unused;
    uint32_t names[4];
};

const struct header ICU_DATA __attribute__((aligned(16), visibility("hidden"))) = {
    32, {0xda, 0x27}, 20, 0, 0, 0, 2, 0, {'T', 'o', 'C', 'P'}, {1, 0, 0, 0}, {0, 0, 0, 0}, {0}, 0, 0, {0},
};
