/* expr/lex.h: an expression's text cut into tokens, one at a time. */
#ifndef CST_EXPR_LEX_H
#define CST_EXPR_LEX_H
#include <cstools/base.h>

typedef enum {
    CST_TOKEN_END,
    CST_TOKEN_NUMBER,
    CST_TOKEN_TEXT, /* with its quotes */
    CST_TOKEN_NAME, /* a word, also the grammar's own: and, or, not, in, is, missing, true, false */
    CST_TOKEN_QUOTED_NAME,
    CST_TOKEN_MARK, /* an operator or bracket: + - * / ( ) , == != < <= > >= */
    CST_TOKEN_BAD   /* no token begins so; the text shows what stands there */
} cst_token_kind;

typedef struct cst_token {
    cst_token_kind kind;
    uint32_t at;       /* 0-based byte where it begins */
    cst_text text;     /* its bytes; of a quoted name those between the quotes */
    double number;     /* of a number */
    const char *wrong; /* of a bad one: what is expected, and the remedy where there is one */
} cst_token;

/* The token that begins at or after byte `from`; the next one begins at or after the return value. */
uint32_t cst_lex(cst_text text, uint32_t from, cst_token *out);
#endif
