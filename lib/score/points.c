/* points.c: see points.h. A row has a dozen scores, so they are laid out digit by digit: a quarter of
 * the instructions of the general decimal. */
#include "score/points.h"

#include <math.h>

int32_t score_points_millionths(double points)
{
    return (int32_t)(points * 1e6 + 0.5); /* cutting off is rounding down: points >= 0 */
}

int32_t score_points_hundredths(int32_t millionths)
{
    return (millionths + 5000) / 10000;
}

int32_t score_points_round(double points)
{
    return isnan(points) ? -1 : score_points_hundredths(score_points_millionths(points));
}

size_t score_points_format(int32_t hundredths, char out[SCORE_POINTS_ROOM])
{
    uint32_t v = (uint32_t)hundredths, whole = v / 100, rest = v % 100;
    char *p = out;
    if (whole >= 100)
        *p++ = '1', *p++ = '0', whole -= 100;
    else if (whole >= 10)
        *p++ = (char)('0' + whole / 10), whole %= 10;
    *p++ = (char)('0' + whole);
    *p++ = '.';
    *p++ = (char)('0' + rest / 10);
    *p++ = (char)('0' + rest % 10);
    return (size_t)(p - out);
}

void score_put_points(cst_writer *w, int32_t hundredths)
{
    char text[SCORE_POINTS_ROOM];
    size_t n = hundredths < 0 ? 0 : score_points_format(hundredths, text);
    cst_put_text(w, (cst_text){text, (uint32_t)n});
}
