# Built-in tables: every lib/ROOM/builtin/KIND.NAME.csv becomes a byte array in one C file; tables/builtin.h finds them by kind and
# name. Made with sed and od alone.
$(B)/gen/builtin.c: $(BUILTIN) lib/builtin.sh lib/builtin.mk
	@mkdir -p $(@D)
	@sh lib/builtin.sh $(BUILTIN) > $@
